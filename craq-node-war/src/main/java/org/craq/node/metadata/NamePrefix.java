package org.craq.node.metadata;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.craq.core.file.FileName;

/** Prefix search as a range of names, so that no character is a wildcard and an index can be used. */
public final class NamePrefix {
    private static final String LAST_CODE_POINT = Character.toString(Character.MAX_CODE_POINT);

    private NamePrefix() {}

    /** Returns a text that no name with the prefix exceeds, and that every greater name without the prefix exceeds. */
    public static String last(String prefix) {
        return prefix
                + LAST_CODE_POINT.repeat(FileName.MAX_BYTES / LAST_CODE_POINT.getBytes(StandardCharsets.UTF_8).length);
    }

    /** Returns whether all names with the prefix come before or are this text, in the order of code points. */
    public static boolean endsBefore(String prefix, String text) {
        return !prefix.isEmpty() && Arrays.compareUnsigned(utf8(text), utf8(last(prefix))) >= 0;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Returns the first text after all names that begin with the prefix, in the order of code points; empty when there
     * is none.
     */
    static Optional<String> end(String prefix) {
        int length = prefix.length();
        while (length > 0) {
            int last = prefix.codePointBefore(length);
            length -= Character.charCount(last);
            if (last < Character.MAX_CODE_POINT) {
                int next = last + 1 == Character.MIN_SURROGATE ? Character.MAX_SURROGATE + 1 : last + 1;
                return Optional.of(prefix.substring(0, length) + Character.toString(next));
            }
        }
        return Optional.empty();
    }
}
