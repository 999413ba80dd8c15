package org.craq.node.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Chunks in segments that are set aside. An older database looks for a chunk at the location that it had when that copy
 * of the database was made; if compaction has moved the chunk since, its bytes may be found here.
 */
final class Spares {
    /** The index of records takes at most the heap divided by this. */
    private static final int SHARE_OF_HEAP = 8;

    private final List<Segment> segments = new ArrayList<>();
    private Optional<RecordTable> records = Optional.empty();

    /** Adds a segment to search. */
    synchronized void add(Segment segment) {
        segments.add(segment);
        records = Optional.empty();
    }

    /** Forgets all segments, as nothing is set aside any more. */
    synchronized void clear() {
        segments.clear();
        records = Optional.empty();
    }

    /**
     * Finds another location of a chunk; a caller that reads it there must verify the checksum. The first call reads
     * the headers of all records, which takes time that grows with the store.
     */
    synchronized Optional<StoredChunk> find(StoredChunk chunk) {
        if (segments.isEmpty()) {
            return Optional.empty();
        }
        if (records.isEmpty()) {
            records = Optional.of(read());
        }
        return records.get()
                .find(chunk.content(), chunk.index())
                .map(found -> chunk.at(new ChunkLocation(
                        segments.get(found.segment()).name(), found.position(), found.length(), found.crc32c())))
                .filter(spare -> spare.location().length() == chunk.location().length()
                        && spare.location().crc32c() == chunk.location().crc32c()
                        && !spare.equals(chunk));
    }

    private RecordTable read() {
        RecordTable table = new RecordTable(Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP);
        try {
            for (int i = 0; i < segments.size(); i++) {
                int number = i;
                if (segments.get(i).retain()) {
                    try {
                        segments.get(i).records(0, (header, position) -> table.put(header, number, position));
                    } finally {
                        segments.get(i).release();
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return table;
    }
}
