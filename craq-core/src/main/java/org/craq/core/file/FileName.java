package org.craq.core.file;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * A file's name: 1 to 1024 bytes of UTF-8, made of segments between slashes. No segment is empty, "." or "..", and no
 * character is a control character. All other characters, wildcards and spaces included, have no special meaning.
 */
public record FileName(String value) implements Comparable<FileName> {
    public static final int MAX_BYTES = 1024;

    /** Prefix of the names that the store reserves for itself; users neither see nor write them. */
    public static final String OWN = ".craq/";

    /**
     * Checks the rules for names.
     *
     * @throws IllegalArgumentException saying which rule the name breaks
     */
    public FileName {
        if (value.isEmpty()) {
            throw new IllegalArgumentException("a file name must not be empty");
        }
        checkCharacters(value);
        for (String segment : value.split("/", -1)) {
            if (segment.isEmpty()) {
                throw new IllegalArgumentException(
                        "a file name must not begin or end with '/' or hold '//': '" + value + "'");
            }
            if (segment.equals(".") || segment.equals("..")) {
                throw new IllegalArgumentException(
                        "a file name must not have '" + segment + "' between slashes: '" + value + "'");
            }
        }
    }

    /**
     * Checks a name prefix for a search; the empty prefix matches all names.
     *
     * @return the prefix
     * @throws IllegalArgumentException when no name can begin like this
     */
    public static String prefix(String value) {
        checkCharacters(value);
        return value;
    }

    private static void checkCharacters(String value) {
        int bytes = utf8(value).remaining();
        if (bytes > MAX_BYTES) {
            throw new IllegalArgumentException(
                    "a file name must not be longer than " + MAX_BYTES + " bytes of UTF-8; this one has " + bytes);
        }
        int control = control(value);
        if (control >= 0) {
            throw new IllegalArgumentException(String.format(
                    "a file name must not hold control characters; this one has U+%04X at position %d",
                    (int) value.charAt(control), control));
        }
    }

    private static ByteBuffer utf8(String value) {
        try {
            return StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(value));
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(
                    "a file name must be valid Unicode; this one has an unpaired surrogate", e);
        }
    }

    private static int control(String value) {
        for (int i = 0; i < value.length(); i++) {
            if (Character.isISOControl(value.charAt(i))) {
                return i;
            }
        }
        return -1;
    }

    /** Returns true if the store reserves this name for itself. */
    public boolean own() {
        return value.startsWith(OWN);
    }

    /** Orders names by the bytes of their UTF-8 form, which is the order of code points. */
    @Override
    public int compareTo(FileName other) {
        return java.util.Arrays.compareUnsigned(
                value.getBytes(StandardCharsets.UTF_8), other.value.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String toString() {
        return value;
    }
}
