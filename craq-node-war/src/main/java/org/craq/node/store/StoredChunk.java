package org.craq.node.store;

import java.util.Objects;
import org.craq.core.chain.ChainId;
import org.craq.core.file.ContentId;

/** One chunk that the metadata refer to, and where they say it lies. */
public record StoredChunk(ChainId chain, ContentId content, int index, ChunkLocation location) {
    public StoredChunk {
        Objects.requireNonNull(chain);
        Objects.requireNonNull(content);
        Objects.requireNonNull(location);
    }

    /** The same chunk in another place. */
    public StoredChunk at(ChunkLocation place) {
        return new StoredChunk(chain, content, index, place);
    }
}
