package org.craq.node.store;

import java.nio.ByteBuffer;
import java.util.Optional;

/** The other members of a chunk's chain. */
@FunctionalInterface
public interface Replicas {
    /**
     * Fetches a chunk's bytes, not yet verified, from any other complete member; empty when none can supply them now.
     */
    Optional<ByteBuffer> fetch(StoredChunk chunk);
}
