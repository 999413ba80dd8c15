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
 * This node's chunks, in append-only segment files. Small contents share a segment, so that they pack together and one force
 * covers a batch; a longer one has a segment to itself while it is being written, so that a file's chunks lie in one run. An abandoned
 * upload is undone as far as nobody has written behind it; the rest is dead until its segment is compacted.
 *
 * <p>Durable only after {@link #force}. After a force that fails the store takes no more writes, see {@link StoreHealth}.
 */
public final class ChunkStore implements AutoCloseable {
    /** What a record holds besides its chunk. */
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
     * Opens what a former life left on the disk. What no metadata refer to is set aside.
     *
     * @param disk closed with the store
     * @param ends for each segment that the metadata refer to, where its last record ends; no former life may be able to add
     *     to them any more
     * @param doubt how far the metadata are to be believed; where they are lost, what lies in segments is kept for {@link #salvage}
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
                            + "; check craq.node.data and the rights on that directory",
                    e);
        }
    }

    /** What the start found. */
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
     * Begins to store content that an entry of the log refers to. It may use the disk's reserve.
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

    // ---- what is left of a former life without metadata ----

    /**
     * A content that an entry refers to, out of what lies in the segments of a node whose metadata are lost: with all its chunks,
     * checked, finished, not forced yet. Empty where there is nothing of the kind.
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

    /** What could be taken and was taken so far; empty for a node that has its metadata. */
    public Optional<Salvage.Counts> salvaged() {
        return salvage.map(Salvage::counts);
    }

    /** The node has all that its chain has: nothing more is taken, and what was not is set aside for a while. Idempotent. */
    public void endSalvage() {
        try {
            if (salvage.isPresent() && salvage.get().end()) {
                disk.delete(Recovery.SALVAGING);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the database does not know and is kept all the same. */
    public SetAside setAside() {
        return setAside;
    }

    /** Writes down what the disk has seen of its database. */
    void write(StoreMark mark) throws IOException {
        DatabaseCheck.write(disk, mark);
    }

    /** Content that is being stored, or is stored and not yet recorded. */
    public Optional<StagedContent> staged(ContentId id) {
        return Optional.ofNullable(staged.get(id));
    }

    /**
     * On return all chunks of these contents are on the disk.
     *
     * @throws CraqException STORAGE_FAILED; the store is then failed for good
     */
    public void force(Collection<StagedContent> contents) {
        Set<Segment> dirty = new LinkedHashSet<>();
        contents.forEach(content -> dirty.addAll(content.segments()));
        health.force(dirty);
    }

    /** The store takes no more writes until the node is started again. */
    void fail(String reason) {
        health.fail(reason);
    }

    /** The metadata refer to the content's chunks from now on, or nobody ever will. */
    public void recorded(ContentId id) {
        Optional.ofNullable(staged.remove(id)).ifPresent(StagedContent::settle);
    }

    /** Undoes what no entry refers to, when nothing has happened to it for so long. */
    public void expire(long seconds) {
        staged.values().forEach(content -> content.expire(TimeUnit.SECONDS.toNanos(seconds)));
    }

    private void forget(StagedContent content) {
        staged.remove(content.id(), content);
    }

    /** Why the store takes no more writes; empty while it does. */
    public String failure() {
        return health.failure();
    }

    // ---- reading ----

    /**
     * A chunk's bytes, checked.
     *
     * @throws CraqException CONTENT_DAMAGED when they are missing or don't match their checksum
     */
    public ByteBuffer read(ChunkLocation location) {
        return sound(location, read(retain(location.segment()), location, Optional.empty()));
    }

    /**
     * Some of them, from a segment that is held.
     *
     * @param memory gives room for so many bytes, at most a chunk's
     * @throws CraqException CONTENT_DAMAGED when they are missing or don't match their checksum
     */
    public CheckedBytes read(ChunkPart part, SegmentHold hold, IntFunction<ByteBuffer> memory) {
        ChunkLocation location = part.chunk();
        return sound(
                location, read(hold.find(location.segment()), location, segment -> parts.read(segment, part, memory)));
    }

    /**
     * Sends bytes of a chunk on as they lie in a segment that is held. They are not held against a checksum: whoever receives them must.
     *
     * @param progressed called whenever some have been taken, with their number
     * @throws IOException when they can't be read, or the target fails
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
            LOG.log(Level.WARNING, "damaged, missing or moved: {0}", location);
            return new CraqException(
                    ErrorCode.CONTENT_DAMAGED,
                    "this replica's copy of a chunk is damaged; read it from another member");
        });
    }

    /** A chunk's bytes; empty unless the whole record is sound and is the one that the metadata mean. */
    Optional<ByteBuffer> check(StoredChunk chunk) {
        ChunkLocation at = chunk.location();
        ChunkHeader wanted = new ChunkHeader(chunk.content(), chunk.index(), at.length(), at.crc32c());
        return read(retain(at.segment()), at, Optional.of(wanted));
    }

    /** From a segment that has been retained, and is released here. */
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

    /** Finds sound bytes, or nothing. */
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

    /** Keeps these chunks where they are, until the hold is closed; empty when some of them have left their place. */
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

    /** Writes chunks anew. */
    Relocation relocation() {
        return new Relocation(health, pool);
    }

    /** Bytes in all segments, by segment. */
    public Map<String, Long> sizes() {
        Map<String, Long> sizes = new HashMap<>();
        pool.all().forEach((name, segment) -> sizes.put(name, segment.end()));
        return sizes;
    }

    /** Bytes in all segments, dead ones included. */
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
