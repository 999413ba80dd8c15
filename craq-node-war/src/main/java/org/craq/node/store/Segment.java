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
 * An append-only file of chunk records. Only records that the metadata name are ever read, so a failure in the middle of
 * an append leaves the segment as it was to readers, and the next append takes the same place.
 *
 * <p>The store and every reader hold the segment; its file is closed, or deleted if it was doomed, when the last one lets go.
 */
final class Segment {
    /** Sent at once: a slow reader shall be seen to make progress. */
    private static final int LONGEST_TRANSFER = 256 << 10;

    /** Read at once in search of headers. */
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

    /** Bytes in the segment; the next record begins here. */
    long end() {
        return end;
    }

    /** Writes one record at the end. */
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

    /** The header that lies at a position; empty when there is none, or a damaged one. */
    Optional<ChunkHeader> header(long position) throws IOException {
        return ChunkHeader.decode(read(position, ByteBuffer.allocate(ChunkHeader.BYTES)));
    }

    /** Who is shown records. */
    interface Visitor {
        void record(ChunkHeader header, long position);
    }

    /**
     * Shows all whole records from a position on, without their bytes; the first torn or damaged header ends it.
     *
     * @return where the last one ends
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

    /** True when a record's header lies somewhere behind a position, whole or not what follows it. */
    boolean holdsHeader(long from) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(LOOK_BYTES);
        for (long at = from; at + ChunkHeader.BYTES <= end; at += LOOK_BYTES - ChunkHeader.BYTES + 1) {
            if (ChunkHeader.isIn(read(at, bytes.clear()))) {
                return true;
            }
        }
        return false;
    }

    /** The bytes of a chunk, unchecked; short when the file is. */
    ByteBuffer data(ChunkLocation location) throws IOException {
        return read(location.position() + ChunkHeader.BYTES, ByteBuffer.allocate(location.length()));
    }

    /**
     * Some of them.
     *
     * @param from the first one's place in the chunk
     * @param memory gives room for so many bytes
     */
    ByteBuffer data(ChunkLocation location, int from, int length, IntFunction<ByteBuffer> memory) throws IOException {
        return read(location.position() + ChunkHeader.BYTES + from, memory.apply(length));
    }

    /**
     * Sends a part of a chunk on, unchecked.
     *
     * @throws IOException also when the file ends before
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
     * On return everything written before the call is on the disk. One at a time, and never again after a failure: the kernel
     * tells of lost pages only once, so a second caller would be told that all is well.
     */
    void force() throws ForceFailedException {
        synchronized (forcing) {
            if (forceFailed) {
                throw new ForceFailedException("segment " + name + ", not for the first time", null);
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

    /** Cuts off what lies at or behind a position. */
    synchronized void truncate(long position) throws IOException {
        file.truncate(position);
        end = Math.min(end, position);
    }

    /** Takes back a record, if it is the last one. */
    synchronized void takeBack(ChunkLocation last) throws IOException {
        if (last.end() == end) {
            truncate(last.position());
        }
    }

    // ---- who holds it ----

    /** Holds the segment open for a reader; false when it has been closed already. */
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

    /** The file goes when the last holder lets go, the store now. */
    void doom() throws IOException {
        doomed = true;
        release();
    }
}
