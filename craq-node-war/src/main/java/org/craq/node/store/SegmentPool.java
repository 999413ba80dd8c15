package org.craq.node.store;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * All segments of a store, and which writer may append to which. Small contents share one segment, so that they are
 * packed together and one force covers many; a writer with more to write has a segment to itself meanwhile, so that a
 * file's chunks are contiguous.
 *
 * <p>A segment is shared, held, idle (has room, waits for a writer), full, or retired (takes no more writes).
 * {@link #stay} keeps a segment from being retired while it holds bytes that the metadata does not know yet.
 */
final class SegmentPool {
    private static final String SUFFIX = ".segment";

    private final Disk disk;
    private final SegmentSizes sizes;
    private final Map<String, Segment> all = new ConcurrentHashMap<>();
    private final Deque<Segment> idle = new ArrayDeque<>();
    private final Map<Segment, Integer> busy = new HashMap<>();
    /**
     * Segments that take no writes: those that lack records, whose places must stay empty, and those that hold what is
     * set aside.
     */
    private final Set<Segment> sealed = new HashSet<>();

    private Optional<Segment> shared = Optional.empty();
    private long lastNumber;

    /** Creates a pool without segments. */
    SegmentPool(Disk disk, SegmentSizes sizes) {
        this.disk = disk;
        this.sizes = sizes;
    }

    static boolean isSegment(String file) {
        return file.endsWith(SUFFIX);
    }

    /**
     * Keeps a name that was in use, if only in the metadata, from being assigned again: a lost record must not turn
     * into another one.
     */
    synchronized void reserve(String name) {
        try {
            lastNumber = Math.max(lastNumber, Long.parseLong(name.substring(0, name.length() - SUFFIX.length()), 16));
        } catch (NumberFormatException e) {
            System.getLogger(SegmentPool.class.getName())
                    .log(System.Logger.Level.WARNING, "unexpected segment name: {0}", name);
        }
    }

    /**
     * Adds a segment of a former life.
     *
     * @param appendable false when records are missing after its end, whose places must stay empty, or when it holds
     *     what is set aside
     */
    synchronized void add(Segment segment, boolean appendable) {
        all.put(segment.name(), segment);
        if (!appendable) {
            sealed.add(segment);
        } else if (hasRoom(segment)) {
            idle.addLast(segment);
        }
    }

    Optional<Segment> find(String name) {
        return Optional.ofNullable(all.get(name));
    }

    Map<String, Segment> all() {
        return Map.copyOf(all);
    }

    boolean hasRoom(Segment segment) {
        return segment.end() < sizes.full();
    }

    SegmentSizes sizes() {
        return sizes;
    }

    // ---- writers ----

    /**
     * Returns the segment for small contents, in which one more content stays from now on.
     *
     * @param staysIn segments in which that content stays already, and need not be counted again
     */
    synchronized Segment share(Iterable<Segment> staysIn) throws IOException {
        if (shared.isEmpty() || !hasRoom(shared.get())) {
            shared = Optional.of(next());
        }
        Segment segment = shared.get();
        for (Segment each : staysIn) {
            if (each == segment) {
                return segment;
            }
        }
        stay(segment);
        return segment;
    }

    /**
     * Returns a segment for one writer alone, which stays in it until {@link #settle} and writes until
     * {@link #handBack}.
     */
    synchronized Segment acquire() throws IOException {
        Segment segment = next();
        stay(segment);
        return segment;
    }

    private Segment next() throws IOException {
        Segment segment = idle.pollFirst();
        if (segment != null) {
            return segment;
        }
        Segment created = Segment.create(disk, String.format("%016x%s", ++lastNumber, SUFFIX));
        all.put(created.name(), created);
        try {
            disk.forceNames();
        } catch (IOException e) {
            throw new ForceFailedException("the name of a new segment", e);
        }
        return created;
    }

    /** Ends a writer's use of a segment; another writer may continue after it. */
    synchronized void handBack(Segment segment) {
        if (hasRoom(segment) && !sealed.contains(segment)) {
            idle.addFirst(segment);
        }
    }

    /** Keeps the segment for one more content, until {@link #settle}. */
    synchronized void stay(Segment segment) {
        busy.merge(segment, 1, Integer::sum);
    }

    /** Ends one stay: the metadata knows the content, or it is not needed any more. */
    synchronized void settle(Segment segment) {
        busy.computeIfPresent(segment, (same, count) -> count == 1 ? null : count - 1);
    }

    // ---- the end of a segment ----

    /** Takes a segment out of use, unless it is being written to or holds bytes that the metadata does not know yet. */
    synchronized boolean retire(Segment segment) {
        if (busy.containsKey(segment) || all.get(segment.name()) != segment) {
            return false;
        }
        idle.remove(segment);
        shared = shared.filter(each -> each != segment);
        return true;
    }

    /** Lets a retired segment accept writes again, from its end on, if it has room. */
    synchronized void reopen(Segment segment) {
        sealed.remove(segment);
        if (hasRoom(segment)) {
            idle.addLast(segment);
        }
    }

    /** Removes a segment; its file goes once the last reader has released it. */
    synchronized void remove(Segment segment) throws IOException {
        all.remove(segment.name());
        sealed.remove(segment);
        segment.doom();
    }

    synchronized void close() throws IOException {
        for (Segment segment : all.values()) {
            segment.release();
        }
        all.clear();
        idle.clear();
        shared = Optional.empty();
    }
}
