package org.craq.core.file;

import java.util.List;
import java.util.stream.Stream;

/**
 * The bytes of one version: one content, or several, one behind the other.
 *
 * @param contents at least one; of several none is empty
 * @param crc32c CRC32C of all bytes
 */
public record Body(List<Content> contents, int crc32c) {
    /** Contents of one body at most: a page of a listing has a thousand bodies. */
    public static final int MAX_CONTENTS = 256;

    public Body {
        contents = List.copyOf(contents);
        if (contents.isEmpty() || contents.size() > MAX_CONTENTS) {
            throw new IllegalArgumentException(
                    "a body has 1 to " + MAX_CONTENTS + " contents; this one has " + contents.size());
        }
        if (contents.size() == 1 && contents.get(0).crc32c() != crc32c) {
            throw new IllegalArgumentException("the checksum of a body of one content is that content's");
        }
        if (contents.size() > 1 && contents.stream().anyMatch(content -> content.length() == 0)) {
            throw new IllegalArgumentException("an empty content stands alone");
        }
    }

    public static Body of(Content content) {
        return new Body(List.of(content), content.crc32c());
    }

    /** Bytes in all. */
    public long length() {
        return contents.stream().mapToLong(Content::length).sum();
    }

    /** Bytes in a chunk of its first content. */
    public int chunkSize() {
        return contents.get(0).chunkSize();
    }

    public boolean isOne() {
        return contents.size() == 1;
    }

    /** Its contents that have bytes. */
    public Stream<Content> filled() {
        return contents.stream().filter(content -> content.length() > 0);
    }
}
