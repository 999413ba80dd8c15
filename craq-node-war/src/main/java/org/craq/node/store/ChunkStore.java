package org.craq.node.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.craq.core.file.ContentId;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/**
 * This node's chunks, in append-only segment files. An upload has a segment to itself while it is being written and hands
 * it back afterwards, so that small files pack together, a file's chunks lie in one run, and an abandoned upload is undone
 * by cutting its segment.
 *
 * <p>Durable only after {@link #force}. A force that fails is never tried again: the store stays failed until the node is
 * started anew, because the kernel may have dropped the pages that it could not write.
 */
public final class ChunkStore implements AutoCloseable {
    public static final long SEGMENT_BYTES = 256L << 20;
    /** What a record holds besides its chunk. */
    public static final int RECORD_HEADER_BYTES = Segment.HEADER_BYTES;

    private static final Logger LOG = System.getLogger(ChunkStore.class.getName());
    private static final String SUFFIX = ".segment";

    private final Path directory;
    private final long segmentBytes;
    private final FileChannel lockFile;
    private final Map<String, Segment> segments = new ConcurrentHashMap<>();
    private final Deque<Segment> idle = new ArrayDeque<>();
    private final Map<ContentId, StagedContent> staged = new ConcurrentHashMap<>();
    private long lastNumber;
    private volatile String failure = "";

    /**
     * Opens the directory, which is created when missing, and cuts off what no metadata refer to: bytes of uploads that a
     * former life did not finish.
     *
     * @param ends for each segment that the metadata refer to, where its last record ends
     * @throws CraqException STORAGE_FAILED when another process uses the directory or it can't be read or written
     */
    public ChunkStore(Path directory, Map<String, Long> ends) {
        this(directory, ends, SEGMENT_BYTES);
    }

    ChunkStore(Path directory, Map<String, Long> ends, long segmentBytes) {
        this.directory = directory;
        this.segmentBytes = segmentBytes;
        try {
            Files.createDirectories(directory);
            lockFile = lock(directory);
            try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + SUFFIX)) {
                for (Path file : files) {
                    recover(file, ends.getOrDefault(file.getFileName().toString(), 0L));
                }
            }
        } catch (IOException e) {
            throw new CraqException(
                    ErrorCode.STORAGE_FAILED,
                    "the chunk store in " + directory + " can't be opened: " + e
                            + "; check craq.node.data and the rights on that directory",
                    e);
        }
        ends.forEach((name, end) -> {
            Segment segment = segments.get(name);
            if (segment == null || segment.end() < end) {
                LOG.log(Level.ERROR, "chunks are missing: segment {0} should reach {1} bytes", name, end);
            }
        });
    }

    private static FileChannel lock(Path directory) throws IOException {
        FileChannel channel =
                FileChannel.open(directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return channel;
            }
        } catch (OverlappingFileLockException e) {
            // Held by another deployment in this very process.
        }
        channel.close();
        throw new IOException("another process holds its lock file; two nodes can't share one directory");
    }

    private void recover(Path file, long end) throws IOException {
        String name = file.getFileName().toString();
        lastNumber = Math.max(lastNumber, number(name));
        if (end == 0) {
            Files.delete(file);
            return;
        }
        Segment segment = Segment.open(file);
        if (segment.end() > end) {
            LOG.log(Level.INFO, "segment {0}: {1} unreferenced bytes cut off", name, segment.end() - end);
            segment.truncate(end);
        }
        segments.put(name, segment);
        if (end < segmentBytes) {
            idle.addLast(segment);
        }
    }

    private static long number(String name) {
        try {
            return Long.parseLong(name.substring(0, name.length() - SUFFIX.length()), 16);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    // ---- writing ----

    /**
     * Begins to store content, chunk by chunk.
     *
     * @throws CraqException STORAGE_FAILED after a failed force
     */
    public StagedContent stage(ContentId id) {
        check();
        StagedContent content = new StagedContent(this, id);
        StagedContent before = staged.putIfAbsent(id, content);
        if (before != null) {
            throw new CraqException(ErrorCode.FENCED, "content " + id + " is already being stored");
        }
        return content;
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
        check();
        Set<Segment> dirty = new LinkedHashSet<>();
        contents.forEach(content -> dirty.addAll(content.segments()));
        try {
            for (Segment segment : dirty) {
                segment.force();
            }
        } catch (IOException e) {
            failure = "forcing chunks to disk failed in " + directory + ": " + e;
            LOG.log(Level.ERROR, failure, e);
            throw new CraqException(ErrorCode.STORAGE_FAILED, failure, e);
        }
    }

    /** The metadata refer to the content's chunks from now on. */
    public void recorded(ContentId id) {
        staged.remove(id);
    }

    /** Undoes uploads whose entry never came. */
    public void expire(long seconds) {
        staged.values().forEach(content -> content.expire(TimeUnit.SECONDS.toNanos(seconds)));
    }

    void forget(StagedContent content) {
        staged.remove(content.id(), content);
    }

    private void check() {
        if (!failure.isEmpty()) {
            throw new CraqException(ErrorCode.STORAGE_FAILED, failure);
        }
    }

    /** Why the store takes no more writes; empty while it does. */
    public String failure() {
        return failure;
    }

    synchronized Segment acquire() throws IOException {
        Segment segment = idle.pollFirst();
        if (segment != null) {
            return segment;
        }
        Segment created = Segment.create(directory.resolve(String.format("%016x%s", ++lastNumber, SUFFIX)));
        segments.put(created.name(), created);
        forceDirectory();
        return created;
    }

    synchronized void release(Segment segment) {
        if (hasRoom(segment)) {
            idle.addFirst(segment);
        }
    }

    boolean hasRoom(Segment segment) {
        return segment.end() < segmentBytes;
    }

    synchronized void drop(Segment segment) throws IOException {
        segments.remove(segment.name());
        segment.delete();
    }

    /** A new file's name is durable only with its directory. */
    private void forceDirectory() throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    // ---- reading ----

    /**
     * A chunk's bytes, checked.
     *
     * @throws CraqException CONTENT_DAMAGED when they are missing or don't match their checksum
     */
    public ByteBuffer read(ChunkLocation location) {
        Segment segment = segments.get(location.segment());
        try {
            if (segment != null) {
                ByteBuffer data = segment.read(location);
                CRC32C crc = new CRC32C();
                crc.update(data.duplicate());
                if (data.remaining() == location.length() && (int) crc.getValue() == location.crc32c()) {
                    return data;
                }
            }
        } catch (IOException e) {
            LOG.log(Level.WARNING, "reading " + location + " failed", e);
        }
        LOG.log(Level.ERROR, "damaged or missing: {0}", location);
        throw new CraqException(
                ErrorCode.CONTENT_DAMAGED, "this replica's copy of a chunk is damaged; read it from another member");
    }

    /** Bytes in all segments, by segment. */
    public Map<String, Long> sizes() {
        Map<String, Long> sizes = new HashMap<>();
        segments.forEach((name, segment) -> sizes.put(name, segment.end()));
        return sizes;
    }

    @Override
    public void close() {
        try {
            for (Segment segment : segments.values()) {
                segment.close();
            }
            lockFile.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
