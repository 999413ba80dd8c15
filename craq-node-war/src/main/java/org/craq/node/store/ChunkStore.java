package org.craq.node.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import org.craq.core.chain.NodeId;
import org.craq.core.file.Content;
import org.craq.core.file.ContentId;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.content.Checksum;

/**
 * This node's chunks, in append-only segment files. Small contents share a segment, so that they are packed together
 * and one force covers a batch; a longer content has a segment to itself while it is being written, so that its chunks
 * are contiguous. An abandoned upload is removed as far as nothing was written after it; the rest is dead space until
 * its segment is compacted.
 *
 * <p>Contents are durable only after {@link #force}. After a failed force the store accepts no more writes, see
 * {@link StoreHealth}.
 */
public final class ChunkStore implements AutoCloseable {
    /** Bytes of a record besides its chunk. */
    public static final int RECORD_HEADER_BYTES = ChunkHeader.BYTES;

    private static final Logger LOG = System.getLogger(ChunkStore.class.getName());

    private final Disk disk;
    private final StoreHealth health;
    private final SegmentPool pool;
    private final Recovery.Report start;
    private final Optional<Salvage> salvage;
    private final SetAside setAside;
    private final CheckedParts parts = new CheckedParts();
    private final Map<ContentId, StagedContent> staged = new ConcurrentHashMap<>();

    /**
     * Opens what the previous life of the node left on the disk. What no metadata refers to is set aside.
     *
     * @param disk closed with the store
     * @param ends for each segment that the metadata refers to, where its last record ends; former lives must no longer
     *     be able to add to the metadata
     * @param doubt how far the metadata can be trusted; if it is lost, the segments are kept for {@link #salvage}
     * @param members the complete members of the node's chains that it last knew
     * @throws CraqException STORAGE_FAILED when the disk can't be read or written
     */
    public ChunkStore(Disk disk, DiskReserve reserve, Map<String, Long> ends, Doubt doubt, Set<NodeId> members) {
        this(disk, reserve, ends, doubt, members, SegmentSizes.DEFAULT);
    }

    ChunkStore(
            Disk disk,
            DiskReserve reserve,
            Map<String, Long> ends,
            Doubt doubt,
            Set<NodeId> members,
            SegmentSizes sizes) {
        this.disk = disk;
        this.health = new StoreHealth(disk, reserve);
        this.pool = new SegmentPool(disk, sizes);
        try {
            Recovery recovery = new Recovery(disk, pool);
            this.start = recovery.run(ends, doubt, members);
            this.setAside = recovery.setAside();
            this.salvage = recovery.salvage();
        } catch (IOException e) {
            throw new CraqException(
                    ErrorCode.STORAGE_FAILED,
                    "the chunk store in " + disk + " can't be read: " + e
                            + "; check craq.node.data and the permissions of that directory",
                    e);
        }
    }

    /** Returns what the start found. */
    public Recovery.Report start() {
        return start;
    }

    public DiskReserve reserve() {
        return health.reserve();
    }

    SegmentPool pool() {
        return pool;
    }

    // ---- writing ----

    /**
     * Begins to store an upload, chunk by chunk.
     *
     * @throws CraqException STORAGE_FULL, or STORAGE_FAILED after a failed force
     */
    public StagedContent stage(ContentId id) {
        health.checkAppend(false);
        return stage(id, false);
    }

    /**
     * Begins to store content that a log entry refers to. It may use the disk's reserve.
     *
     * @throws CraqException STORAGE_FAILED after a failed force
     */
    public StagedContent stageForLog(ContentId id) {
        health.checkAppend(true);
        return stage(id, true);
    }

    private StagedContent stage(ContentId id, boolean expected) {
        StagedContent content = new StagedContent(health, pool, this::forget, id, expected);
        StagedContent before = staged.putIfAbsent(id, content);
        if (before != null) {
            throw new CraqException(ErrorCode.FENCED, "content " + id + " is already being stored");
        }
        return content;
    }

    // ---- salvage, for a node without metadata ----

    /**
     * Finds a content that an entry refers to in the segments of a node whose metadata is lost. It is returned with all
     * its chunks, verified and finished, but not forced yet; empty when it is not there.
     */
    public Optional<StagedContent> salvage(Content content) {
        if (salvage.isEmpty() || staged.containsKey(content.id())) {
            return Optional.empty();
        }
        health.checkAppend(true);
        return salvage.get()
                .find(content, (header, at) -> read(retain(at.segment()), at, Optional.of(header)))
                .map(found -> StagedContent.salvaged(health, pool, this::forget, content.id(), found))
                .filter(this::begins);
    }

    private boolean begins(StagedContent found) {
        boolean first = staged.putIfAbsent(found.id(), found) == null;
        if (!first) {
            found.settle();
        }
        return first;
    }

    /** Returns what can be and has been salvaged; empty for a node that has its metadata. */
    public Optional<Salvage.Counts> salvaged() {
        return salvage.map(Salvage::counts);
    }

    /**
     * Ends the salvage, as the node has everything that its chain has; what was not taken stays set aside for a while.
     * Idempotent.
     */
    public void endSalvage() {
        try {
            if (salvage.isPresent() && salvage.get().end()) {
                disk.delete(Recovery.SALVAGING);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns what is kept although the database does not know it. */
    public SetAside setAside() {
        return setAside;
    }

    /** Records what the disk has seen of its database. */
    void write(StoreMark mark) throws IOException {
        DatabaseCheck.write(disk, mark);
    }

    /** Returns content that is being stored, or is stored and not yet recorded. */
    public Optional<StagedContent> staged(ContentId id) {
        return Optional.ofNullable(staged.get(id));
    }

    /**
     * On return, all chunks of these contents are on the disk.
     *
     * @throws CraqException STORAGE_FAILED; the store then stays failed
     */
    public void force(Collection<StagedContent> contents) {
        Set<Segment> dirty = new LinkedHashSet<>();
        contents.forEach(content -> dirty.addAll(content.segments()));
        health.force(dirty);
    }

    /** Refuses all writes until the node is restarted. */
    void fail(String reason) {
        health.fail(reason);
    }

    /** Stops tracking a content: the metadata refers to its chunks from now on, or nothing ever will. */
    public void recorded(ContentId id) {
        Optional.ofNullable(staged.remove(id)).ifPresent(StagedContent::settle);
    }

    /** Discards contents that no entry refers to and that have been idle for longer than this. */
    public void expire(long seconds) {
        staged.values().forEach(content -> content.expire(TimeUnit.SECONDS.toNanos(seconds)));
    }

    private void forget(StagedContent content) {
        staged.remove(content.id(), content);
    }

    /** Returns why the store accepts no more writes; empty while it does. */
    public String failure() {
        return health.failure();
    }

    // ---- reading ----

    /**
     * Reads a chunk and verifies it.
     *
     * @throws CraqException CONTENT_DAMAGED when bytes are missing or don't match their checksum
     */
    public ByteBuffer read(ChunkLocation location) {
        return sound(location, read(retain(location.segment()), location, Optional.empty()));
    }

    /**
     * Reads some of a chunk's bytes from a segment that is held, and verifies them.
     *
     * @param memory supplies a buffer of the given size, at most a chunk's
     * @throws CraqException CONTENT_DAMAGED when bytes are missing or don't match their checksum
     */
    public CheckedBytes read(ChunkPart part, SegmentHold hold, IntFunction<ByteBuffer> memory) {
        ChunkLocation location = part.chunk();
        return sound(
                location, read(hold.find(location.segment()), location, segment -> parts.read(segment, part, memory)));
    }

    /**
     * Sends bytes of a chunk from a segment that is held, without verifying them: the receiver must compare them with
     * their checksum.
     *
     * @param progressed receives the number of bytes after each step
     * @throws IOException when the bytes can't be read, or the target fails
     */
    public void transfer(ChunkPart part, SegmentHold hold, WritableByteChannel target, IntConsumer progressed)
            throws IOException {
        Segment segment = hold.find(part.chunk().segment())
                .orElseThrow(() -> new IOException("no segment " + part.chunk().segment()));
        try {
            segment.transfer(part, target, progressed);
        } finally {
            segment.release();
        }
    }

    private Optional<Segment> retain(String name) {
        return pool.find(name).filter(Segment::retain);
    }

    private static <T> T sound(ChunkLocation location, Optional<T> bytes) {
        return bytes.orElseThrow(() -> {
            LOG.log(Level.WARNING, "chunk is damaged, missing or has moved: {0}", location);
            return new CraqException(
                    ErrorCode.CONTENT_DAMAGED,
                    "this replica's copy of a chunk is damaged; read it from another member");
        });
    }

    /** Reads a chunk; empty unless the whole record is intact and is the one that the metadata means. */
    Optional<ByteBuffer> check(StoredChunk chunk) {
        ChunkLocation at = chunk.location();
        ChunkHeader wanted = new ChunkHeader(chunk.content(), chunk.index(), at.length(), at.crc32c());
        return read(retain(at.segment()), at, Optional.of(wanted));
    }

    /** Reads a chunk from a retained segment, which is released here. */
    private static Optional<ByteBuffer> read(
            Optional<Segment> segment, ChunkLocation location, Optional<ChunkHeader> wanted) {
        return read(segment, location, from -> {
            if (wanted.isPresent() && !from.header(location.position()).equals(wanted)) {
                return Optional.empty();
            }
            ByteBuffer data = from.data(location);
            return data.remaining() == location.length() && Checksum.of(data) == location.crc32c()
                    ? Optional.of(data)
                    : Optional.empty();
        });
    }

    /** Finds verified bytes, or nothing. */
    private interface Find<T> {
        Optional<T> in(Segment segment) throws IOException;
    }

    private static <T> Optional<T> read(Optional<Segment> segment, ChunkLocation location, Find<T> find) {
        if (segment.isEmpty()) {
            return Optional.empty();
        }
        SegmentHold hold = new SegmentHold(List.of(segment.get()));
        try {
            return find.in(segment.get());
        } catch (IOException e) {
            LOG.log(Level.WARNING, "reading " + location + " failed", e);
            return Optional.empty();
        } finally {
            hold.close();
        }
    }

    /**
     * Keeps these chunks readable at their locations until the hold is closed; empty when some have left their location
     * already.
     */
    public Optional<SegmentHold> hold(Collection<ChunkLocation> chunks) {
        Set<String> names = new LinkedHashSet<>();
        chunks.forEach(chunk -> names.add(chunk.segment()));
        List<Segment> held = new ArrayList<>();
        for (String name : names) {
            retain(name).ifPresent(held::add);
        }
        SegmentHold hold = new SegmentHold(held);
        if (held.size() < names.size()) {
            hold.close();
            return Optional.empty();
        }
        return Optional.of(hold);
    }

    /** Prepares to write chunks again at other locations. */
    Relocation relocation() {
        return new Relocation(health, pool);
    }

    /** Returns the bytes in each segment, by the segment's name. */
    public Map<String, Long> sizes() {
        Map<String, Long> sizes = new HashMap<>();
        pool.all().forEach((name, segment) -> sizes.put(name, segment.end()));
        return sizes;
    }

    /** Returns the bytes in all segments, dead space included. */
    public long bytes() {
        return pool.all().values().stream().mapToLong(Segment::end).sum();
    }

    @Override
    public void close() {
        try {
            pool.close();
            disk.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
