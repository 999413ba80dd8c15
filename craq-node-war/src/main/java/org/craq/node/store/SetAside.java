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
 * Bytes that lie on the disk and that the database does not know. Nobody cuts them, writes over them, or compacts the segments that
 * they lie in, until {@link #release} finds that they may go; if a database that knows them comes back before, they are simply there.
 *
 * <p>Two kinds: what a crash has left behind a database that is otherwise up to date, and goes once the chain is whole; and what lay on the
 * disk when a database came that was older, another one, or empty. The latter is listed in a file, with the time since when it is
 * kept, as it stays for days and over starts.
 */
public final class SetAside {
    /** The list; without it, what it names counts as left by a crash at the next start. */
    static final String FILE = "set-aside";
    /** For so long the chain must have been whole, without a change, before anything goes. */
    static final Duration QUIET = Duration.ofMinutes(10);

    private static final Logger LOG = System.getLogger(SetAside.class.getName());
    private static final String FORMAT = "craq-set-aside 1";
    /** Segments that one call looks at or lets go: each may take a question to the database. */
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

    /** @param members whom this node last knew to be complete before: all of them must be so again */
    private record Entry(Instant since, Set<NodeId> members) {}

    /**
     * A segment.
     *
     * @param from behind it nothing is known to the database
     * @param unknown bytes that the database does not know, as far as that was found out
     */
    private record Kept(Segment segment, long from, long unknown, boolean counted) {}

    /**
     * What is set aside now.
     *
     * @param segments files that hold such bytes, or may do
     * @param bytes that the database does not know; of a large store they are counted little by little after the start
     * @param since when the oldest of them came to be kept for days; empty when nothing is
     */
    public record Counts(int segments, long bytes, Optional<Instant> since) {
        static final Counts NONE = new Counts(0, 0, Optional.empty());
    }

    /** @param salvaging while this is so, the chain's log may still ask for what is set aside */
    SetAside(Disk disk, SegmentPool pool, BooleanSupplier salvaging) {
        this.disk = disk;
        this.pool = pool;
        this.salvaging = salvaging;
    }

    // ---- at the start ----

    /**
     * Reads the list.
     *
     * @return false when there is one that can't be understood: then all must be kept
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
            LOG.log(Level.WARNING, "the file ''{0}'' in {1} is damaged: all that lies there is kept anew", FILE, disk);
        }
        return lines.isPresent();
    }

    /** Lists segments, durably on return, before anything else is done to the disk. */
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
     * @param from where the last record ends that the database knows
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

    // ---- afterwards ----

    /** Where a chunk that is not in its place may lie as well. May take a while. */
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
     * Lets go what may go: when this node has served for a while in a chain all of whose members are complete, what a crash has
     * left; when the former members are among them and the time is over, what is listed. To be called every few seconds, by whoever
     * compacts, as the two must not overlap.
     *
     * @param heard empty while the chain is not whole
     * @param nowNanos by {@link System#nanoTime}
     * @param keep for how long what is listed stays at least
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

    /** What is still referred to stays, and is from now on the compactor's. */
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
                "{0} bytes in segment {1} that the database does not know are given back",
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
