package org.craq.node.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.craq.core.chain.NodeId;

/**
 * Bytes on the disk that the database does not know. They are not cut off, overwritten or compacted until
 * {@link #release} finds that they may go; if a database that knows them returns before that, they are still there.
 *
 * <p>There are two kinds: what a crash has left beside a database that is otherwise up to date, which goes once the
 * chain is whole; and what was on the disk when an older, different or empty database was put in place. The latter is
 * listed in a file, with the time since when it is kept, because it stays for days and across restarts.
 */
public final class SetAside {
    /** The list. If it is missing at the next start, the segments that it named count as left by a crash. */
    static final String FILE = "set-aside";
    /** How long the chain must have been whole, without a change, before anything goes. */
    static final Duration QUIET = Duration.ofMinutes(10);

    private static final Logger LOG = System.getLogger(SetAside.class.getName());
    private static final String FORMAT = "craq-set-aside 1";
    /** Segments that one call examines or releases: each may take a database query. */
    private static final int AT_ONCE = 16;

    private final Disk disk;
    private final SegmentPool pool;
    private final BooleanSupplier salvaging;
    private final Map<String, Entry> listed = new TreeMap<>();
    private final Spares spares = new Spares();
    private final Map<String, Kept> kept = new LinkedHashMap<>();
    private Optional<Heard> lastHeard = Optional.empty();
    private long heardSince;
    private volatile Counts counts = Counts.NONE;

    /**
     * A listed segment.
     *
     * @param members the complete members that this node last knew before; all of them must be complete again
     */
    private record Entry(Instant since, Set<NodeId> members) {}

    /**
     * A segment that is kept.
     *
     * @param from position after which the database knows nothing
     * @param unknown bytes that the database does not know, as far as they have been counted
     * @param counted false while its unknown bytes are still to be counted
     */
    private record Kept(Segment segment, long from, long unknown, boolean counted) {}

    /**
     * What is set aside now.
     *
     * @param segments number of files that hold such bytes, or may do so
     * @param bytes bytes that the database does not know; in a large store they are counted gradually after the start
     * @param since when the oldest of the listed segments was set aside; empty when none is listed
     */
    public record Counts(int segments, long bytes, Optional<Instant> since) {
        static final Counts NONE = new Counts(0, 0, Optional.empty());
    }

    /** @param salvaging true while the chain's log may still ask for what is set aside */
    SetAside(Disk disk, SegmentPool pool, BooleanSupplier salvaging) {
        this.disk = disk;
        this.pool = pool;
        this.salvaging = salvaging;
    }

    // ---- at the start ----

    /**
     * Reads the list.
     *
     * @return false when there is a list that can't be read: everything must then be kept
     */
    boolean load(Collection<String> files) throws IOException {
        if (!files.contains(FILE)) {
            return true;
        }
        Optional<List<String>> lines = CheckedText.decode(FORMAT, disk.read(FILE));
        try {
            for (String line : lines.orElse(List.of())) {
                String[] words = line.split(" ", -1);
                if (files.contains(words[0])) {
                    listed.put(words[0], new Entry(Instant.parse(words[1]), StoreMark.nodes(words[2])));
                }
            }
        } catch (DateTimeException | IndexOutOfBoundsException | IllegalArgumentException e) {
            lines = Optional.empty();
        }
        if (lines.isEmpty()) {
            LOG.log(
                    Level.WARNING,
                    "the file ''{0}'' in {1} is damaged: all segments there are set aside again",
                    FILE,
                    disk);
        }
        return lines.isPresent();
    }

    /** Adds segments to the list, durably on return; must precede any other change to the disk. */
    void list(Collection<String> segments, Instant since, Set<NodeId> members) throws IOException {
        segments.forEach(segment -> listed.put(segment, new Entry(since, members)));
        if (!segments.isEmpty()) {
            write();
        }
    }

    boolean lists(String segment) {
        return listed.containsKey(segment);
    }

    /**
     * Keeps a segment as it is.
     *
     * @param from where the last record that the database knows ends
     */
    synchronized void keep(Segment segment, long from) {
        pool.stay(segment);
        if (lists(segment.name())) {
            spares.add(segment);
        }
        kept.put(segment.name(), new Kept(segment, from, Math.max(0, segment.end() - from), !lists(segment.name())));
        count();
    }

    private void write() throws IOException {
        disk.replace(
                FILE,
                CheckedText.encode(
                        FORMAT,
                        listed.entrySet().stream()
                                .map(line ->
                                        line.getKey() + " " + line.getValue().since() + " "
                                                + StoreMark.text(line.getValue().members()))
                                .toList()));
    }

    // ---- after the start ----

    /** Finds another location of a chunk that is not in its place. May take a while. */
    Optional<StoredChunk> spare(StoredChunk chunk) {
        return spares.find(chunk);
    }

    public Counts counts() {
        return counts;
    }

    private void count() {
        counts = new Counts(
                kept.size(),
                kept.values().stream().mapToLong(Kept::unknown).sum(),
                kept.keySet().stream()
                        .flatMap(name -> Optional.ofNullable(listed.get(name)).stream())
                        .map(Entry::since)
                        .min(Instant::compareTo));
    }

    /**
     * Releases what may go: what a crash has left, once this node has served for a while in chains whose members are
     * all complete; listed segments, once the former members are among these and the time to keep them is over. Called
     * every few seconds by the upkeep, as it must not overlap compaction.
     *
     * @param heard empty while the chain is not whole
     * @param nowNanos now, by {@link System#nanoTime}
     * @param now the same moment, by the calendar clock
     * @param keep how long listed segments are kept, at least
     */
    public synchronized void release(
            ChunkIndex index, Optional<Heard> heard, long nowNanos, Instant now, Duration keep) {
        if (heard.isEmpty() || !heard.equals(lastHeard)) {
            lastHeard = heard;
            heardSince = nowNanos;
        }
        if (kept.isEmpty() || salvaging.getAsBoolean()) {
            return;
        }
        countBytes(index);
        if (heard.isPresent() && nowNanos - heardSince >= QUIET.toNanos()) {
            letGo(index, heard.get(), now.minus(keep));
        }
    }

    private void countBytes(ChunkIndex index) {
        kept.values().stream()
                .filter(each -> !each.counted())
                .limit(AT_ONCE)
                .toList()
                .forEach(each -> {
                    String name = each.segment().name();
                    ChunkIndex.Live live = index.live(name);
                    long unknown = each.segment().end() - live.bytes() - live.chunks() * ChunkHeader.BYTES;
                    kept.put(name, new Kept(each.segment(), each.from(), Math.max(0, unknown), true));
                });
        count();
    }

    private void letGo(ChunkIndex index, Heard heard, Instant before) {
        List<Kept> due = new ArrayList<>();
        for (Kept each : kept.values()) {
            Entry entry = listed.get(each.segment().name());
            boolean over = entry == null
                    || (!entry.since().isAfter(before) && heard.members().containsAll(entry.members()));
            if (over && due.size() < AT_ONCE) {
                due.add(each);
            }
        }
        try {
            boolean rewrite = false;
            for (Kept each : due) {
                rewrite |= listed.remove(each.segment().name()) != null;
            }
            if (rewrite) {
                write();
            }
            if (listed.isEmpty()) {
                spares.clear();
            }
            for (Kept each : due) {
                kept.remove(each.segment().name());
                letGo(index, each);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            count();
        }
    }

    /** Releases one segment; what is still referred to stays, and is the compactor's from now on. */
    private void letGo(ChunkIndex index, Kept each) throws IOException {
        Segment segment = each.segment();
        pool.settle(segment);
        boolean unknownBehind = segment.end() > each.from()
                && index.chunksOf(segment.name(), each.from(), 1).isEmpty();
        if (!unknownBehind) {
            return;
        }
        LOG.log(
                Level.INFO,
                "freeing {0} bytes in segment {1} that the database does not know",
                segment.end() - each.from(),
                segment.name());
        if (each.from() == 0 && pool.retire(segment)) {
            pool.remove(segment);
        } else if (pool.retire(segment)) {
            segment.truncate(each.from());
            pool.reopen(segment);
        }
    }
}
