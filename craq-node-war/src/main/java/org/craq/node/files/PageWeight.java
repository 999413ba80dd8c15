package org.craq.node.files;

import java.nio.charset.StandardCharsets;
import org.craq.node.metadata.FileRecord;

/**
 * What a page of a listing weighs as a message. Clients of gRPC take no message of more than 4 MiB, so a page ends before that,
 * however much each of its files says of itself.
 */
final class PageWeight {
    /** The message is hardly heavier than this: what it adds is counted below. */
    static final int MOST_BYTES = 3 << 20;

    /** Of everything of a file but its texts. */
    private static final int OF_FILE = 128;
    /** Around a text; two of them are around a key and its value. */
    private static final int OF_TEXT = 4;

    private int bytes;

    /** False when the page is full, and this has not been added; one is always taken. */
    boolean take(FileRecord file) {
        int weight = OF_FILE + text(file.name().value()) + text(file.contentType());
        for (var entry : file.userMetadata().entrySet()) {
            weight += text(entry.getKey()) + text(entry.getValue());
        }
        return take(weight);
    }

    /** The same for names that are told as one. */
    boolean take(String prefix) {
        return take(text(prefix));
    }

    private boolean take(int weight) {
        if (bytes > 0 && bytes + weight > MOST_BYTES) {
            return false;
        }
        bytes += weight;
        return true;
    }

    private static int text(String text) {
        return OF_TEXT + text.getBytes(StandardCharsets.UTF_8).length;
    }
}
