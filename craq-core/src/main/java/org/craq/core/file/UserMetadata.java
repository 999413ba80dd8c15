package org.craq.core.file;

import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Texts of a user's own that are kept with a version. They travel as HTTP headers, among other ways, so there are bounds on what
 * they may hold; what a chain holds already from before there were some is not held against them.
 *
 * @param values by keys, which are tokens as the names of headers are (RFC 9110 section 5.6.2), and in lower case, as those do not
 *     tell cases apart. Values are of any characters but control characters and the separators of lines and paragraphs
 */
public record UserMetadata(Map<String, String> values) {
    public static final int MAX_KEYS = 64;
    /** UTF-8 of all keys and values together. */
    public static final int MAX_BYTES = 2048;

    public static final int MAX_KEY_LENGTH = 128;

    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]+");
    private static final char LINE_SEPARATOR = '\u2028';
    private static final char PARAGRAPH_SEPARATOR = '\u2029';

    /**
     * Checks every rule, and brings keys into lower case.
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
                        "user metadata must not have the key '" + key + "' twice; cases are not told apart");
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

    /** Of a value in UTF-8. */
    private static int bytes(String key, String value) {
        for (int i = 0; i < value.length(); i++) {
            char character = value.charAt(i);
            if (Character.isISOControl(character) || character == LINE_SEPARATOR || character == PARAGRAPH_SEPARATOR) {
                throw new IllegalArgumentException(String.format(
                        "a value of user metadata must not hold control characters, nor separators of lines or paragraphs;"
                                + " that of '%s' has U+%04X at position %d",
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
                    "a value of user metadata must be valid Unicode; that of '" + key + "' has half a character", e);
        }
    }
}
