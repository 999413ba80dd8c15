package org.craq.node.metadata;

import java.util.Optional;

/** Prefix search as a range of names, so that no character is a wildcard and an index serves it. */
final class NamePrefix {
    private NamePrefix() {}

    /** The first name after all that begin with the prefix, by code points; empty when there is none. */
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
