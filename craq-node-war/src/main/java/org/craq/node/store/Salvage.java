package org.craq.node.store;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.zip.CRC32C;
import org.craq.core.file.Content;

/**
 * Records in the segments of a node whose metadata is lost. They do not count by themselves: when an entry of the
 * chain's log asks for a content whose chunks are all here and match the entry, they are taken instead of being
 * fetched.
 *
 * <p>The segments stay, and take no writes, until the node has caught up with its chain and the salvage ends. Even then
 * they are set aside ({@link SetAside}) for a while longer.
 */
public final class Salvage {
    private static final Logger LOG = System.getLogger(Salvage.class.getName());
    /** The index of records takes at most the heap divided by this. */
    private static final int SHARE_OF_HEAP = 8;

    private final SegmentPool pool;
    private final List<Segment> segments = new ArrayList<>();
    private final Set<Segment> used = new HashSet<>();
    private final RecordTable records;
    private volatile Counts counts = new Counts(0, 0, 0, 0, 0, 0);
    private boolean ended;
    private boolean warned;

    /**
     * What was found and taken so far.
     *
     * @param records whole records in the segments
     * @param leftOut those of the records that did not fit in memory
     * @param taken contents that need not be fetched
     * @param takenBytes total bytes of these contents
     * @param lacking contents that were asked for and are missing or incomplete here
     * @param damaged contents that were asked for and have other bytes here
     */
    public record Counts(long records, long leftOut, long taken, long takenBytes, long lacking, long damaged) {}

    Salvage(SegmentPool pool) {
        this(pool, Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP);
    }

    Salvage(SegmentPool pool, long mostBytes) {
        this.pool = pool;
        this.records = new RecordTable(mostBytes);
    }

    // ---- at the start ----

    /**
     * Indexes all records of a segment up to the first torn or damaged one.
     *
     * @return where the last one ends
     */
    synchronized long add(Segment segment) throws IOException {
        int number = segments.size();
        long end = segment.records(0, (header, position) -> {
            boolean noted = records.put(header, number, position);
            counts = new Counts(counts.records() + 1, counts.leftOut() + (noted ? 0 : 1), 0, 0, 0, 0);
        });
        if (end > 0) {
            segments.add(segment);
            pool.stay(segment);
        }
        return end;
    }

    /** Notes a segment that the metadata refers to, because a former life has begun to take from it. */
    synchronized void uses(Segment segment) {
        used.add(segment);
    }

    // ---- while the node catches up ----

    /**
     * Finds a content with all its chunks, each of which was read and verified. Its segments stay until it is settled.
     */
    synchronized Optional<Salvaged> find(
            Content content, BiFunction<ChunkHeader, ChunkLocation, Optional<ByteBuffer>> read) {
        if (ended) {
            return Optional.empty();
        }
        List<ChunkLocation> chunks = new ArrayList<>();
        Set<Segment> lies = new LinkedHashSet<>();
        for (int i = 0; i < content.chunks(); i++) {
            Optional<RecordTable.Found> found = records.find(content.id(), i);
            if (found.isEmpty() || found.get().length() != content.chunkLength(i)) {
                count(0, 0, 1, 0);
                return Optional.empty();
            }
            Segment segment = segments.get(found.get().segment());
            lies.add(segment);
            chunks.add(new ChunkLocation(
                    segment.name(),
                    found.get().position(),
                    found.get().length(),
                    found.get().crc32c()));
        }
        if (!sound(content, chunks, read)) {
            LOG.log(Level.WARNING, "content {0} is damaged in this node''s segments; it will be fetched", content.id());
            count(0, 0, 0, 1);
            return Optional.empty();
        }
        lies.forEach(pool::stay);
        used.addAll(lies);
        count(1, content.length(), 0, 0);
        return Optional.of(new Salvaged(chunks, List.copyOf(lies)));
    }

    /** A content's chunks and the segments that hold them. */
    record Salvaged(List<ChunkLocation> chunks, List<Segment> segments) {}

    private static boolean sound(
            Content content,
            List<ChunkLocation> chunks,
            BiFunction<ChunkHeader, ChunkLocation, Optional<ByteBuffer>> read) {
        CRC32C all = new CRC32C();
        for (int i = 0; i < chunks.size(); i++) {
            ChunkLocation at = chunks.get(i);
            Optional<ByteBuffer> bytes = read.apply(new ChunkHeader(content.id(), i, at.length(), at.crc32c()), at);
            if (bytes.isEmpty()) {
                return false;
            }
            all.update(bytes.get());
        }
        return (int) all.getValue() == content.crc32c();
    }

    private void warn() {
        if (!ended && !warned) {
            warned = true;
            LOG.log(
                    Level.WARNING,
                    "nothing in the {0} segments that were found without metadata belongs to this node''s chain. They are kept;"
                            + " to free their space after the usual time, delete the file ''{1}'' beside them and restart the node;"
                            + " to free it soon, delete ''{2}'' as well",
                    segments.size(),
                    Recovery.SALVAGING,
                    SetAside.FILE);
        }
    }

    private void count(int taken, long bytes, int lacking, int damaged) {
        counts = new Counts(
                counts.records(),
                counts.leftOut(),
                counts.taken() + taken,
                counts.takenBytes() + bytes,
                counts.lacking() + lacking,
                counts.damaged() + damaged);
    }

    synchronized boolean ended() {
        return ended;
    }

    Counts counts() {
        return counts;
    }

    synchronized int segmentCount() {
        return segments.size();
    }

    // ---- at the end ----

    /**
     * Ends the salvage. It does not end if nothing was taken from it: the chain may have lost its metadata on every
     * node, and this may be the last copy.
     *
     * @return false when it had ended before, or does not end
     */
    synchronized boolean end() {
        if (ended || (used.isEmpty() && !segments.isEmpty())) {
            warn();
            return false;
        }
        ended = true;
        segments.forEach(pool::settle);
        LOG.log(
                Level.INFO,
                "{0} contents ({1} bytes) were salvaged from this node''s own segments, {2} were missing, {3} were damaged",
                counts.taken(),
                counts.takenBytes(),
                counts.lacking(),
                counts.damaged());
        return true;
    }
}
