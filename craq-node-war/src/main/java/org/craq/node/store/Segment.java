package org.craq.node.store;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import org.craq.core.file.ContentId;

/**
 * An append-only file of chunk records. Only records that the metadata names are ever read, so a failed append changes
 * nothing for readers, and the next append overwrites it.
 *
 * <p>The store and every reader hold the segment. When the last holder releases it, its file is closed, and deleted if
 * the segment was doomed.
 */
final class Segment {
    /** Bytes sent at once; few enough that a slow reader is seen to make progress. */
    private static final int LONGEST_TRANSFER = 256 << 10;

    /** Bytes read at once when searching for headers. */
    private static final int LOOK_BYTES = 1 << 20;

    private final Disk disk;
    private final String name;
    private final DiskFile file;
    private final AtomicInteger holders = new AtomicInteger(1);
    private final Object forcing = new Object();
    private volatile long end;
    private boolean forceFailed;
    private volatile boolean doomed;

    private Segment(Disk disk, String name, DiskFile file) throws IOException {
        this.disk = disk;
        this.name = name;
        this.file = file;
        this.end = file.size();
    }

    static Segment create(Disk disk, String name) throws IOException {
        return new Segment(disk, name, disk.create(name));
    }

    static Segment open(Disk disk, String name) throws IOException {
        return new Segment(disk, name, disk.open(name));
    }

    String name() {
        return name;
    }

    /** Returns the number of bytes in the segment; the next record begins there. */
    long end() {
        return end;
    }

    /** Appends one record. */
    synchronized ChunkLocation append(ContentId content, int index, ByteBuffer data, int crc32c) throws IOException {
        ChunkHeader header = new ChunkHeader(content, index, data.remaining(), crc32c);
        ChunkLocation location = new ChunkLocation(name, end, header.length(), crc32c);
        ByteBuffer head = header.encode();
        ByteBuffer body = data.duplicate();
        long at = end;
        while (head.hasRemaining() || body.hasRemaining()) {
            at += file.write(at, head, body);
        }
        end = location.end();
        return location;
    }

    /** Reads the header at a position; empty when there is none, or a damaged one. */
    Optional<ChunkHeader> header(long position) throws IOException {
        return ChunkHeader.decode(read(position, ByteBuffer.allocate(ChunkHeader.BYTES)));
    }

    /** Receives records. */
    interface Visitor {
        void record(ChunkHeader header, long position);
    }

    /**
     * Passes all whole records from a position on to a visitor, without their bytes; stops at the first torn or damaged
     * header.
     *
     * @return where the last whole record ends
     */
    long records(long from, Visitor visitor) throws IOException {
        long position = from;
        Optional<ChunkHeader> header = header(position);
        while (header.isPresent() && header.get().end(position) <= end) {
            visitor.record(header.get(), position);
            position = header.get().end(position);
            header = header(position);
        }
        return position;
    }

    /** Returns true if a record's header lies somewhere at or after a position, even if its bytes are torn. */
    boolean holdsHeader(long from) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(LOOK_BYTES);
        for (long at = from; at + ChunkHeader.BYTES <= end; at += LOOK_BYTES - ChunkHeader.BYTES + 1) {
            if (ChunkHeader.isIn(read(at, bytes.clear()))) {
                return true;
            }
        }
        return false;
    }

    /** Reads a chunk's bytes without verifying them; the result is short if the file is. */
    ByteBuffer data(ChunkLocation location) throws IOException {
        return read(location.position() + ChunkHeader.BYTES, ByteBuffer.allocate(location.length()));
    }

    /**
     * Reads some of a chunk's bytes without verifying them.
     *
     * @param from offset of the first byte in the chunk
     * @param memory supplies a buffer of the given size
     */
    ByteBuffer data(ChunkLocation location, int from, int length, IntFunction<ByteBuffer> memory) throws IOException {
        return read(location.position() + ChunkHeader.BYTES + from, memory.apply(length));
    }

    /**
     * Sends some of a chunk's bytes without verifying them.
     *
     * @param progressed receives the number of bytes after each step
     * @throws IOException also when the file ends too early
     */
    void transfer(ChunkPart part, WritableByteChannel target, IntConsumer progressed) throws IOException {
        long position = part.chunk().position() + ChunkHeader.BYTES + part.from();
        long end = position + part.length();
        while (position < end) {
            long sent = file.transfer(position, (int) Math.min(end - position, LONGEST_TRANSFER), target);
            if (sent == 0) {
                throw new EOFException("segment " + name + " ends at byte " + position);
            }
            position += sent;
            progressed.accept((int) sent);
        }
    }

    private ByteBuffer read(long position, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            if (file.read(bytes, position + bytes.position()) < 0) {
                break;
            }
        }
        return bytes.flip();
    }

    /**
     * On return, everything written before the call is on the disk. Forces run one at a time and are never repeated
     * after a failure: the kernel reports lost pages only once, so a second force would seem to succeed.
     */
    void force() throws ForceFailedException {
        synchronized (forcing) {
            if (forceFailed) {
                throw new ForceFailedException("segment " + name + ", after an earlier failure", null);
            }
            forceFailed = true;
            try {
                file.force();
            } catch (IOException e) {
                throw new ForceFailedException("segment " + name, e);
            }
            forceFailed = false;
        }
    }

    /** Cuts off everything at or after a position. */
    synchronized void truncate(long position) throws IOException {
        file.truncate(position);
        end = Math.min(end, position);
    }

    /** Removes a record, if it is the last one. */
    synchronized void takeBack(ChunkLocation last) throws IOException {
        if (last.end() == end) {
            truncate(last.position());
        }
    }

    // ---- holders ----

    /** Holds the segment open for a reader; false when it is already closed. */
    boolean retain() {
        return holders.getAndUpdate(count -> count == 0 ? 0 : count + 1) > 0;
    }

    void release() throws IOException {
        if (holders.decrementAndGet() == 0) {
            file.close();
            if (doomed) {
                disk.delete(name);
            }
        }
    }

    /** Releases the store's own hold; when the last holder releases the segment, its file is deleted. */
    void doom() throws IOException {
        doomed = true;
        release();
    }
}
