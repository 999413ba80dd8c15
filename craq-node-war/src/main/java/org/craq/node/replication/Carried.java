package org.craq.node.replication;

import com.google.protobuf.ByteString;
import java.util.Objects;
import java.util.UUID;
import org.craq.core.file.ContentId;
import org.craq.wire.v1.CarriedContent;

/** A small content of one chunk that is received together with the entry that refers to it. */
record Carried(ContentId id, ByteString data, int crc32c) {
    Carried {
        Objects.requireNonNull(id);
        if (data.size() > CarriedContents.LARGEST_BYTES) {
            throw new IllegalArgumentException("a content sent with an entry has " + data.size() + " bytes; at most "
                    + CarriedContents.LARGEST_BYTES + " are allowed");
        }
    }

    /**
     * Parses a message.
     *
     * @throws IllegalArgumentException when it is malformed
     */
    static Carried of(CarriedContent message) {
        return new Carried(
                new ContentId(UUID.fromString(message.getChunkId())), message.getData(), message.getCrc32C());
    }
}
