package org.craq.node.store;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Brings segments and metadata together at the start: what no metadata refer to is cut off, what the metadata refer to and
 * is not there is reported. Reads nothing but record headers behind the last record that is referred to, so the time it takes does
 * not grow with the store.
 *
 * <p>Unless the metadata are lost: then the headers of all records are read, and what they tell of is kept for a {@link Salvage}. A file in
 * the store's directory says so until that is over, so that a node which is started again meanwhile goes on with it.
 */
public final class Recovery {
    private static final Logger LOG = System.getLogger(Recovery.class.getName());
    private final Disk disk;
    private final SegmentPool pool;
    private int deleted;
    private long strayRecords;
    private long cutBytes;
    private final List<Gap> gaps = new ArrayList<>();
    private Optional<Salvage> salvage = Optional.empty();

    static final String SALVAGING = "salvaging";

    Recovery(Disk disk, SegmentPool pool) {
        this.disk = disk;
        this.pool = pool;
    }

    /**
     * Records that the metadata refer to and that are not there.
     *
     * @param from everything that reaches beyond this position is missing
     */
    public record Gap(String segment, long from) {}

    /**
     * What was found.
     *
     * @param deletedSegments whole segments without a record that the metadata refer to
     * @param strayRecords whole records without metadata at the segments' ends, which were cut off
     * @param cutBytes all that was cut off, torn records included
     */
    public record Report(int segments, int deletedSegments, long strayRecords, long cutBytes, List<Gap> gaps) {
        public Report {
            gaps = List.copyOf(gaps);
        }
    }

    /**
     * Fills the pool.
     *
     * @param ends for each segment that the metadata refer to, where its last record ends
     * @param lost the metadata know nothing of this node
     */
    Report run(Map<String, Long> ends, boolean lost) throws IOException {
        List<String> names = disk.list().stream().sorted().toList();
        List<String> segments = names.stream().filter(SegmentPool::isSegment).toList();
        boolean begun = names.contains(SALVAGING);
        if (!segments.isEmpty() && (lost || begun)) {
            salvage = Optional.of(new Salvage(pool));
            if (!begun) {
                disk.create(SALVAGING).close();
            }
            LOG.log(
                    Level.WARNING,
                    "the metadata of this node are lost, but {0} segments are here: the headers of all their records are read",
                    segments.size());
        }
        for (String name : segments) {
            pool.reserve(name);
            take(name, Optional.ofNullable(ends.get(name)));
        }
        ends.forEach((name, end) -> {
            pool.reserve(name);
            long size = pool.find(name).map(Segment::end).orElse(0L);
            if (size < end) {
                gaps.add(new Gap(name, size));
                LOG.log(
                        Level.ERROR,
                        "segment {0} has {1} bytes, but chunks up to {2} are referred to; what is missing will be fetched"
                                + " from other members",
                        name,
                        size,
                        end);
            }
        });
        Report report = new Report(pool.all().size(), deleted, strayRecords, cutBytes, gaps);
        LOG.log(
                Level.INFO,
                "chunk store in {0}: {1} segments; {2} bytes without metadata cut off ({3} whole records, {4} whole segments);"
                        + " records missing in {5} segments",
                disk,
                report.segments(),
                cutBytes,
                strayRecords,
                deleted,
                gaps.size());
        salvage.map(Salvage::counts)
                .ifPresent(counts -> LOG.log(
                        Level.INFO,
                        "{0} records are offered for what the chain asks for; {1} more find no room in memory",
                        counts.records() - counts.leftOut(),
                        counts.leftOut()));
        return report;
    }

    /** Present when the metadata were lost and segments are here. */
    Optional<Salvage> salvage() {
        return salvage;
    }

    private void take(String name, Optional<Long> end) throws IOException {
        Segment segment = Segment.open(disk, name);
        if (salvage.isPresent()) {
            keep(segment, end, salvage.get());
            return;
        }
        long from = end.orElse(0L);
        if (segment.end() > from) {
            segment.records(from, (header, position) -> strayRecords++);
            cutBytes += segment.end() - from;
        }
        if (end.isEmpty()) {
            deleted++;
            segment.doom();
            return;
        }
        if (segment.end() > from) {
            segment.truncate(from);
        }
        pool.add(segment, segment.end() == from);
    }

    /** With all its whole records; what is behind them is cut off unless metadata refer to it. */
    private void keep(Segment segment, Optional<Long> end, Salvage salvaged) throws IOException {
        long whole = salvaged.add(segment);
        long from = Math.max(whole, end.orElse(0L));
        if (segment.end() > from) {
            cutBytes += segment.end() - from;
            segment.truncate(from);
        }
        if (from == 0) {
            deleted++;
            segment.doom();
            return;
        }
        end.ifPresent(referred -> salvaged.uses(segment));
        pool.add(segment, false);
    }
}
