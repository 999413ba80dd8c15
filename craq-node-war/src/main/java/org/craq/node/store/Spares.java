package org.craq.node.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Chunks in segments that are set aside. An older database looks for a chunk where it lay when that copy of the database was made; if
 * compaction has moved it since, its bytes are here.
 */
final class Spares {
    /** So much of the heap may be spent on knowing what lies where. */
    private static final int SHARE_OF_HEAP = 8;

    private final List<Segment> segments = new ArrayList<>();
    private Optional<RecordTable> records = Optional.empty();

    /** One more segment to look into. */
    synchronized void add(Segment segment) {
        segments.add(segment);
        records = Optional.empty();
    }

    /** Nothing is set aside any more. */
    synchronized void clear() {
        segments.clear();
        records = Optional.empty();
    }

    /**
     * Where a chunk may lie as well; whoever reads it there holds it against its checksum. The first time all headers are read, which
     * takes time that grows with the store.
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
