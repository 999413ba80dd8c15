package org.craq.node.store;

import java.util.List;
import java.util.Optional;
import org.craq.core.file.ContentId;

/**
 * What the metadata know of this node's chunks, as compaction, scrub and repair need it. Each call is one short
 * transaction; any of them may fail when the database does not answer, and is repeated later.
 */
public interface ChunkIndex {
    /**
     * What of a segment is referred to.
     *
     * @param bytes of the chunks, without what their records hold besides
     */
    record Live(long chunks, long bytes) {}

    /** What of a segment is referred to now. Takes time for each of its chunks. */
    Live live(String segment);

    /** Chunks of a segment by position, from a position on. */
    List<StoredChunk> chunksOf(String segment, long from, int limit);

    /** The first segment by name after this one that is referred to. */
    Optional<String> segmentAfter(String segment);

    /** Where a chunk lies now; empty when no version refers to it any more. */
    Optional<StoredChunk> find(ContentId content, int index);

    /**
     * A chunk that lies elsewhere now.
     *
     * @param to durable already
     */
    record Move(StoredChunk from, ChunkLocation to) {}

    /**
     * Lets the metadata refer to the new places, all in one transaction. A chunk that is not in its old place any more, or
     * that nobody refers to, is passed over. Two moves are never under way at once: a second one waits until the first is
     * committed or has failed, even if the caller was not told.
     *
     * @return how many were moved
     */
    int move(List<Move> moves);
}
