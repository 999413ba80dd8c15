package org.craq.node.store;

import java.util.List;
import java.util.Optional;
import org.craq.core.file.ContentId;

/**
 * What the metadata knows of this node's chunks, as compaction, scrub and repair need it. Each call is one short
 * transaction, which may fail when the database does not answer; callers try again later.
 */
public interface ChunkIndex {
    /**
     * How much of a segment is referred to.
     *
     * @param chunks number of chunks
     * @param bytes total bytes of these chunks, without their record headers
     */
    record Live(long chunks, long bytes) {}

    /** Returns how much of a segment is referred to now. Takes time for each of its chunks. */
    Live live(String segment);

    /** Returns chunks of a segment in the order of their positions, from a position on. */
    List<StoredChunk> chunksOf(String segment, long from, int limit);

    /** Returns the first segment in the order of names after this one that is referred to. */
    Optional<String> segmentAfter(String segment);

    /** Returns a chunk's present location; empty when no version refers to the chunk any more. */
    Optional<StoredChunk> find(ContentId content, int index);

    /**
     * A chunk's new location.
     *
     * @param to already durable
     */
    record Move(StoredChunk from, ChunkLocation to) {}

    /**
     * Makes the metadata refer to the new locations, all in one transaction. A chunk that has left its old location, or
     * that nothing refers to, is skipped. Two moves never run at once: a second one waits until the first has committed
     * or failed, even if the first one's caller has not learned of it.
     *
     * @return number of chunks that were moved
     */
    int move(List<Move> moves);
}
