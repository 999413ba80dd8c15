package org.craq.node.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** Keeps segments on the disk for somebody who reads from them; closed when that is over. Idempotent. */
public final class SegmentHold implements AutoCloseable {
    private List<Segment> segments;

    SegmentHold(List<Segment> segments) {
        this.segments = List.copyOf(segments);
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
