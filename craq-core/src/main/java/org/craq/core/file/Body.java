package org.craq.core.file;

import java.util.List;
import java.util.stream.Stream;

/**
 * The bytes of one version: one or several contents in order.
 *
 * @param contents at least one; if there are several, none is empty
 * @param crc32c CRC32C of all bytes
 */
public record Body(List<Content> contents, int crc32c) {
    /** Maximum number of contents in a body; a page of a listing holds up to a thousand bodies. */
    public static final int MAX_CONTENTS = 256;

    public Body {
        contents = List.copyOf(contents);
        if (contents.isEmpty() || contents.size() > MAX_CONTENTS) {
            throw new IllegalArgumentException(
                    "a body has 1 to " + MAX_CONTENTS + " contents; this one has " + contents.size());
        }
        if (contents.size() == 1 && contents.get(0).crc32c() != crc32c) {
            throw new IllegalArgumentException("the checksum of a body of one content must be that content's");
        }
        if (contents.size() > 1 && contents.stream().anyMatch(content -> content.length() == 0)) {
            throw new IllegalArgumentException("a body of several contents must not have an empty one");
        }
    }

    public static Body of(Content content) {
        return new Body(List.of(content), content.crc32c());
    }

    /** Returns the total number of bytes. */
    public long length() {
        return contents.stream().mapToLong(Content::length).sum();
    }

    /** Returns the chunk size of its first content, in bytes. */
    public int chunkSize() {
        return contents.get(0).chunkSize();
    }

    public boolean isOne() {
        return contents.size() == 1;
    }

    /** Returns the contents that are not empty. */
    public Stream<Content> filled() {
        return contents.stream().filter(content -> content.length() > 0);
    }
}
