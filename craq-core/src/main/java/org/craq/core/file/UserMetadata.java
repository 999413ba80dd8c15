package org.craq.core.file;

import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Texts that a user stores with a version. They travel as HTTP headers, among other ways, so their content is limited.
 * Metadata that a chain stored before these limits existed remains readable.
 *
 * @param values values by key. Keys are tokens like header names (RFC 9110 section 5.6.2), and in lower case because
 * header names are case-insensitive. Values may hold any characters except control characters and line or paragraph
 * separators
 */
public record UserMetadata(Map<String, String> values) {
    public static final int MAX_KEYS = 64;
    /** Maximum size of all keys and values together, in bytes of UTF-8. */
    public static final int MAX_BYTES = 2048;

    public static final int MAX_KEY_LENGTH = 128;

    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]+");
    private static final char LINE_SEPARATOR = '\u2028';
    private static final char PARAGRAPH_SEPARATOR = '\u2029';

    /**
     * Checks the rules for metadata, and converts keys to lower case.
     *
     * @throws IllegalArgumentException saying which one is broken
     */
    public UserMetadata {
        if (values.size() > MAX_KEYS) {
            throw new IllegalArgumentException(
                    "user metadata must not have more than " + MAX_KEYS + " keys; these have " + values.size());
        }
        Map<String, String> lower = new HashMap<>();
        int bytes = 0;
        for (Map.Entry<String, String> entry : values.entrySet()) {
            String key = key(entry.getKey());
            bytes += key.length() + bytes(key, entry.getValue());
            if (lower.put(key, entry.getValue()) != null) {
                throw new IllegalArgumentException(
                        "user metadata must not have the key '" + key + "' twice; keys are case-insensitive");
            }
        }
        if (bytes > MAX_BYTES) {
            throw new IllegalArgumentException(
                    "user metadata must not be longer than " + MAX_BYTES + " bytes in all; these have " + bytes);
        }
        values = Map.copyOf(lower);
    }

    private static String key(String key) {
        if (key.length() > MAX_KEY_LENGTH || !KEY.matcher(key).matches()) {
            throw new IllegalArgumentException("a key of user metadata must be 1 to " + MAX_KEY_LENGTH
                    + " letters, digits and !#$%&'*+-.^_`|~, as in the name of a header");
        }
        return key.toLowerCase(Locale.ROOT);
    }

    /** Returns the size of a value in bytes of UTF-8. */
    private static int bytes(String key, String value) {
        for (int i = 0; i < value.length(); i++) {
            char character = value.charAt(i);
            if (Character.isISOControl(character) || character == LINE_SEPARATOR || character == PARAGRAPH_SEPARATOR) {
                throw new IllegalArgumentException(String.format(
                        "a value of user metadata must not hold control characters, line or paragraph separators;"
                                + " the value of '%s' has U+%04X at position %d",
                        key, (int) character, i));
            }
        }
        try {
            return StandardCharsets.UTF_8
                    .newEncoder()
                    .encode(CharBuffer.wrap(value))
                    .remaining();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(
                    "a value of user metadata must be valid Unicode; the value of '" + key
                            + "' has an unpaired surrogate",
                    e);
        }
    }
}
