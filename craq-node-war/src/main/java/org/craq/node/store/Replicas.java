package org.craq.node.store;

import java.nio.ByteBuffer;
import java.util.Optional;

/** The other members of a chunk's chain. */
@FunctionalInterface
public interface Replicas {
    /** The chunk's bytes from any other complete member, as it sent them; empty when none can give them now. */
    Optional<ByteBuffer> fetch(StoredChunk chunk);
}
