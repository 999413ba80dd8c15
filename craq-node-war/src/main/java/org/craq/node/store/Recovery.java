package org.craq.node.store;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.craq.core.chain.NodeId;

/**
 * Compares segments and metadata at the start. Whole records that no metadata refers to are set aside, see
 * {@link SetAside}; records that the metadata refers to and that are missing are reported. Only a torn end that contains no
 * record header is cut off: it holds nothing that was ever acknowledged. Only what lies after the last referenced
 * record is read, so the time this takes does not grow with the store.
 *
 * <p>If the metadata is an older copy, nothing is cut off, and all segments are set aside. If it is lost, the headers
 * of all records are read as well and kept for a {@link Salvage}. A file in the store's directory marks this until it
 * is over, so that a node which is restarted meanwhile resumes it.
 */
public final class Recovery {
    private static final Logger LOG = System.getLogger(Recovery.class.getName());
    private final Disk disk;
    private final SegmentPool pool;
    private final SetAside setAside;
    private boolean cuts = true;
    private int deleted;
    private long strayRecords;
    private long cutBytes;
    private final List<Gap> gaps = new ArrayList<>();
    private final List<String> strays = new ArrayList<>();
    private Optional<Salvage> salvage = Optional.empty();

    static final String SALVAGING = "salvaging";

    Recovery(Disk disk, SegmentPool pool) {
        this.disk = disk;
        this.pool = pool;
        this.setAside = new SetAside(
                disk, pool, () -> salvage.filter(open -> !open.ended()).isPresent());
    }

    /**
     * Records that the metadata refers to and that are missing.
     *
     * @param from everything that reaches beyond this position is missing
     */
    public record Gap(String segment, long from) {}

    /**
     * What was found.
     *
     * @param segments number of segments in use
     * @param deletedSegments segments deleted because no whole record was in them
     * @param strayRecords whole records after the last referenced one that the metadata does not know; they are set
     *     aside
     * @param cutBytes bytes of torn records that were cut off the segments' ends
     * @param gaps the missing records
     */
    public record Report(int segments, int deletedSegments, long strayRecords, long cutBytes, List<Gap> gaps) {
        public Report {
            gaps = List.copyOf(gaps);
        }
    }

    /**
     * Fills the pool.
     *
     * @param ends for each segment that the metadata refers to, where its last record ends
     * @param doubt how far the metadata can be trusted
     * @param members the complete members that the node last knew
     */
    Report run(Map<String, Long> ends, Doubt doubt, Set<NodeId> members) throws IOException {
        List<String> names = disk.list().stream().sorted().toList();
        List<String> segments = names.stream().filter(SegmentPool::isSegment).toList();
        boolean begun = names.contains(SALVAGING);
        boolean understood = setAside.load(names);
        boolean all = doubt == Doubt.OLD || doubt == Doubt.LOST || !understood;
        cuts = !all && !begun;
        if (all || begun) {
            List<String> fresh = segments.stream()
                    .filter(name -> all || !setAside.lists(name))
                    .toList();
            setAside.list(fresh, Instant.now(), members);
        }
        if (!segments.isEmpty() && (doubt == Doubt.LOST || begun)) {
            salvage = Optional.of(new Salvage(pool));
            if (!begun) {
                disk.create(SALVAGING).close();
            }
            LOG.log(
                    Level.WARNING,
                    "the metadata of this node is lost, but {0} segments are here: reading the headers of all their records",
                    segments.size());
        }
        for (String name : segments) {
            pool.reserve(name);
            take(name, Optional.ofNullable(ends.get(name)));
        }
        if (doubt == Doubt.UNPROVEN) {
            setAside.list(strays, Instant.now(), members);
        }
        ends.forEach((name, end) -> {
            pool.reserve(name);
            long size = pool.find(name).map(Segment::end).orElse(0L);
            if (size < end) {
                gaps.add(new Gap(name, size));
                LOG.log(
                        Level.ERROR,
                        "segment {0} has {1} bytes, but the metadata refers to chunks up to {2}; what is missing will be fetched"
                                + " from other members",
                        name,
                        size,
                        end);
            }
        });
        Report report = new Report(pool.all().size(), deleted, strayRecords, cutBytes, gaps);
        LOG.log(
                Level.INFO,
                "chunk store in {0}: {1} segments; {2} torn bytes cut off ({3} segments deleted); records missing in {4} segments",
                disk,
                report.segments(),
                cutBytes,
                deleted,
                gaps.size());
        SetAside.Counts kept = setAside.counts();
        if (kept.segments() > 0) {
            LOG.log(
                    all ? Level.WARNING : Level.INFO,
                    "{0} bytes in {1} segments that the database does not know are set aside ({2} whole records)",
                    kept.bytes(),
                    kept.segments(),
                    strayRecords);
        }
        salvage.map(Salvage::counts)
                .ifPresent(counts -> LOG.log(
                        Level.INFO,
                        "{0} records can be salvaged if the chain asks for them; {1} more don''t fit in memory",
                        counts.records() - counts.leftOut(),
                        counts.leftOut()));
        return report;
    }

    /** Returns the salvage; present when the metadata was lost and there are segments. */
    Optional<Salvage> salvage() {
        return salvage;
    }

    /** Returns what is set aside. */
    SetAside setAside() {
        return setAside;
    }

    private void take(String name, Optional<Long> end) throws IOException {
        Segment segment = Segment.open(disk, name);
        long from = end.orElse(0L);
        long whole = salvage.isPresent()
                ? offer(segment, end, salvage.get())
                : segment.records(from, (header, position) -> strayRecords++);
        boolean stray = whole > from || segment.holdsHeader(whole);
        if (cuts && !stray && segment.end() > from) {
            cutBytes += segment.end() - from;
            if (end.isPresent()) {
                segment.truncate(from);
            }
        }
        if (end.isEmpty() && !stray && (cuts || segment.end() == 0)) {
            deleted++;
            segment.doom();
            return;
        }
        boolean kept = stray || setAside.lists(name);
        pool.add(segment, !kept && segment.end() == from);
        if (kept) {
            setAside.keep(segment, from);
        }
        if (stray) {
            strays.add(name);
        }
    }

    /**
     * Offers the records of a segment for salvage.
     *
     * @return where the last of its consecutive whole records ends
     */
    private static long offer(Segment segment, Optional<Long> end, Salvage salvaged) throws IOException {
        long whole = salvaged.add(segment);
        end.ifPresent(referred -> salvaged.uses(segment));
        return whole;
    }
}
