package org.craq.client.internal;

import java.util.Optional;
import org.craq.wire.v1.Turn;

/**
 * What the head has kept of a resumable write.
 *
 * @param bytes their number
 * @param crc32c their checksum; empty if the file has already been written, or nothing can be kept
 */
record Kept(long bytes, Optional<Integer> crc32c) {
    static final Kept NOTHING = new Kept(0, Optional.empty());

    /** Reads the answer that grants a permit. */
    static Kept of(Turn turn) {
        return new Kept(turn.getKept(), turn.hasKeptCrc32C() ? Optional.of(turn.getKeptCrc32C()) : Optional.empty());
    }
}
