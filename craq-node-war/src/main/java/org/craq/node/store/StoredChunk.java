package org.craq.node.store;

import java.util.Objects;
import org.craq.core.chain.ChainId;
import org.craq.core.file.ContentId;

/** One chunk that the metadata refers to, with its location. */
public record StoredChunk(ChainId chain, ContentId content, int index, ChunkLocation location) {
    public StoredChunk {
        Objects.requireNonNull(chain);
        Objects.requireNonNull(content);
        Objects.requireNonNull(location);
    }

    /** Returns this chunk at another location. */
    public StoredChunk at(ChunkLocation place) {
        return new StoredChunk(chain, content, index, place);
    }
}
