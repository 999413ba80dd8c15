package org.craq.node.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;

/** Keeps segments readable until it is closed, whatever compaction does to them. Closing is idempotent. */
public final class SegmentHold implements AutoCloseable {
    private List<Segment> segments;

    SegmentHold(List<Segment> segments) {
        this.segments = List.copyOf(segments);
    }

    /** Returns a held segment, whether or not the store still has it; the caller must release it. */
    synchronized Optional<Segment> find(String name) {
        return segments.stream()
                .filter(segment -> segment.name().equals(name) && segment.retain())
                .findFirst();
    }

    @Override
    public synchronized void close() {
        try {
            for (Segment segment : segments) {
                segment.release();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            segments = List.of();
        }
    }
}
