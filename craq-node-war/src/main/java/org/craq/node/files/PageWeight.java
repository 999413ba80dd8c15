package org.craq.node.files;

import java.nio.charset.StandardCharsets;
import org.craq.node.metadata.FileRecord;

/**
 * Estimated size of a page of a listing as a message. gRPC clients accept no message of more than 4 MiB, so a page ends before that
 * however much metadata its files have.
 */
final class PageWeight {
    /** Limit in bytes. The message is hardly longer than the estimate, which includes the overhead counted below. */
    static final int MOST_BYTES = 3 << 20;

    /** Bytes for all fields of a file except its texts. */
    private static final int OF_FILE = 128;
    /** Overhead of one text; a key and its value have it twice. */
    private static final int OF_TEXT = 4;

    private int bytes;

    /** Adds a file and returns true; returns false when the page is full. The first one is always added. */
    boolean take(FileRecord file) {
        int weight = OF_FILE + text(file.name().value()) + text(file.contentType());
        for (var entry : file.userMetadata().entrySet()) {
            weight += text(entry.getKey()) + text(entry.getValue());
        }
        return take(weight);
    }

    /** Adds a common prefix and returns true; returns false when the page is full. The first one is always added. */
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
