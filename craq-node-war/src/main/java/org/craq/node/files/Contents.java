package org.craq.node.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.craq.core.chain.NodeId;
import org.craq.core.file.Body;
import org.craq.core.file.Content;
import org.craq.node.metadata.HotChunks;
import org.craq.node.metadata.Metadata;
import org.craq.node.metrics.NodeMeters;
import org.craq.node.replication.OpenContents;
import org.craq.node.store.CheckedBytes;
import org.craq.node.store.ChunkLocation;
import org.craq.node.store.ChunkPart;
import org.craq.node.store.ChunkRepair;
import org.craq.node.store.ChunkStore;
import org.craq.node.store.SegmentHold;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.content.Checksum;
import org.craq.wire.content.ChunkBuffers;
import org.craq.wire.content.ContentConnection;

/** Opens bodies for reading, in bounded memory: one chunk at a time, its whereabouts by the page. */
public final class Contents {
    /** Readers that get whole chunks. What is on its way to one may stay in memory for as long as it is slow. */
    private static final int MOST_SERVED_IN_CHUNKS = 16;

    /** What the others get at once. */
    private static final int SHORT_PIECE_BYTES = ContentConnection.SHORT_BYTES;

    private static final int MOST_FREE_BUFFERS = 16;

    private final NodeId self;
    private final Metadata metadata;
    private final HotChunks hot;
    private final ChunkStore store;
    private final ChunkRepair repair;
    private final OpenContents open;
    private final NodeMeters meters;
    private final ChunkBuffers memory = ChunkBuffers.heap(MOST_FREE_BUFFERS);
    private final AtomicInteger ranges = new AtomicInteger();

    public Contents(
            NodeId self,
            Metadata metadata,
            HotChunks hot,
            ChunkStore store,
            ChunkRepair repair,
            OpenContents open,
            NodeMeters meters) {
        this.self = self;
        this.metadata = metadata;
        this.hot = hot;
        this.store = store;
        this.repair = repair;
        this.open = open;
        this.meters = meters;
    }

    /**
     * A range of a body.
     *
     * @param offset of the first byte, 0 to the body's length
     * @param length bytes, at most to the body's end
     */
    public Range range(Body body, long offset, long length) {
        return new Range(body, offset, length, Content.MAX_CHUNK_SIZE, Optional.empty());
    }

    /**
     * The same, of which no piece is longer than 64 KiB, besides {@link Range#wholeChunk whole chunks}.
     *
     * @param room memory for a short piece, asked for when all that need be read for one finds room there
     */
    public Range inShortPieces(Body body, long offset, long length, Supplier<ByteBuffer> room) {
        return new Range(body, offset, length, SHORT_PIECE_BYTES, Optional.of(room));
    }

    /** A chunk that is wanted whole and lies in a segment which the range holds. Valid until the range is asked for more. */
    public final class WholeChunk {
        private final ChunkLocation location;
        private final SegmentHold hold;

        private WholeChunk(ChunkLocation location, SegmentHold hold) {
            this.location = location;
            this.hold = hold;
        }

        public int length() {
            return location.length();
        }

        public int crc32c() {
            return location.crc32c();
        }

        /**
         * Sends its bytes, which nobody has held against the checksum.
         *
         * @param progressed called whenever some have been taken, with their number
         */
        public void sendTo(WritableByteChannel target, IntConsumer progressed) throws IOException {
            store.transfer(ChunkPart.all(location), hold, target, progressed);
            meters.sent(location.length());
        }
    }

    /**
     * Reads forward through a range. Calls must not overlap. The chunks whose whereabouts it has looked up stay where they are
     * until it is closed.
     */
    public final class Range implements AutoCloseable {
        private final Body body;
        private final Iterator<Content> next;
        private final long end;
        private long position;
        /** The content that the position lies in, and where in the body it begins. */
        private Content content;

        private long start;
        private final Deque<ChunkLocation> page = new ArrayDeque<>();
        private Optional<SegmentHold> hold = Optional.empty();
        private Optional<ByteBuffer> borrowed = Optional.empty();
        private final int longestPiece;
        private final Optional<Supplier<ByteBuffer>> shortRoom;
        private boolean closed;

        private Range(Body body, long offset, long length, int longestPiece, Optional<Supplier<ByteBuffer>> shortRoom) {
            this.longestPiece = longestPiece;
            this.shortRoom = shortRoom;
            this.body = body;
            this.next = body.contents().iterator();
            this.content = next.next();
            this.position = offset;
            this.end = offset + length;
            body.contents().forEach(each -> open.opened(each.id()));
            ranges.incrementAndGet();
        }

        /** Offset in the body of what {@link #next} gives. */
        public long position() {
            return position;
        }

        public boolean hasNext() {
            return position < end;
        }

        /**
         * The next bytes, from one chunk, valid until the range is asked for more, paused or closed. A chunk that is damaged here comes
         * from another member, and is repaired.
         *
         * @throws CraqException CONTENT_DAMAGED when no member can give it
         */
        public CheckedBytes next() {
            ChunkLocation location = locate();
            int index = index();
            long chunkStart = chunkStart();
            int from = (int) (position - chunkStart);
            int to = (int) Math.min(location.length(), end - chunkStart);
            ChunkPart part = new ChunkPart(location, from, Math.min(to, from + longestPiece(from)));
            CheckedBytes bytes = read(index, part);
            position += part.length();
            if (part.to() == location.length()) {
                page.poll();
            }
            meters.sent(part.length());
            return bytes;
        }

        /** What comes next, if that is a whole chunk of more than 64 KiB that nobody need take into memory; then it counts as read. */
        public Optional<WholeChunk> wholeChunk() {
            ChunkLocation location = locate();
            boolean whole = position == chunkStart() && end - position >= location.length();
            if (!whole || location.length() <= SHORT_PIECE_BYTES || hold.isEmpty()) {
                return Optional.empty();
            }
            position += location.length();
            page.poll();
            return Optional.of(new WholeChunk(location, hold.get()));
        }

        /** Where the chunk lies that the position is in. */
        private ChunkLocation locate() {
            while (position >= start + content.length()) {
                start += content.length();
                content = next.next();
                letGo();
                page.clear();
            }
            int index = index();
            if (page.isEmpty()) {
                turn(index);
            }
            ChunkLocation location = page.peek();
            if (location == null || location.length() != content.chunkLength(index)) {
                throw new CraqException(
                        ErrorCode.CONTENT_DAMAGED, "this replica misses a chunk; read it from another member");
            }
            return location;
        }

        private int index() {
            return (int) ((position - start) / content.chunkSize());
        }

        /** Where in the body that chunk begins. */
        private long chunkStart() {
            return start + (long) index() * content.chunkSize();
        }

        /** Short pieces end where those do that have a checksum of their own. */
        private int longestPiece(int from) {
            return ranges.get() > MOST_SERVED_IN_CHUNKS || longestPiece == SHORT_PIECE_BYTES
                    ? SHORT_PIECE_BYTES - from % SHORT_PIECE_BYTES
                    : Content.MAX_CHUNK_SIZE;
        }

        /** For the time until the reader takes more: others may use the memory. */
        public void pause() {
            borrowed.ifPresent(memory::giveBack);
            borrowed = Optional.empty();
        }

        private ByteBuffer room(int length) {
            if (length <= SHORT_PIECE_BYTES && shortRoom.isPresent()) {
                return shortRoom.get().get().clear().limit(length);
            }
            ByteBuffer room = borrowed.orElseGet(memory::borrow);
            borrowed = Optional.of(room);
            return room.clear().limit(length);
        }

        /** Places that are not right any more, or that chunks leave just now, are looked up anew; a read bears even that. */
        private void turn(int index) {
            letGo();
            List<ChunkLocation> chunks = places(index);
            hold = store.hold(chunks);
            if (hold.isEmpty()) {
                hot.moved(content.id(), index);
                chunks = places(index);
                hold = store.hold(chunks);
            }
            page.addAll(chunks);
        }

        /** Of what is left to read, as far as one page goes. */
        private List<ChunkLocation> places(int index) {
            long wantedEnd = Math.min(end - start, content.length());
            int last = (int) ((wantedEnd - 1) / content.chunkSize());
            int count = Math.min(last + 1 - index, HotChunks.PAGE - index % HotChunks.PAGE);
            return hot.places(
                    content,
                    index,
                    count,
                    (first, wanted) -> DatabaseCalls.ask(() -> metadata.chunks(self, content.id(), first, wanted)));
        }

        private CheckedBytes read(int index, ChunkPart part) {
            try {
                return hold.isPresent() ? store.read(part, hold.get(), this::room) : of(store.read(part.chunk()), part);
            } catch (CraqException damaged) {
                hot.moved(content.id(), index);
                return DatabaseCalls.ask(() -> repair.restore(content.id(), index))
                        .map(chunk -> of(chunk, part))
                        .orElseThrow(() -> damaged);
            }
        }

        private static CheckedBytes of(ByteBuffer chunk, ChunkPart part) {
            ByteBuffer bytes = chunk.slice().slice(part.from(), part.length());
            return new CheckedBytes(bytes, part.whole() ? part.chunk().crc32c() : Checksum.of(bytes));
        }

        private void letGo() {
            hold.ifPresent(SegmentHold::close);
            hold = Optional.empty();
        }

        /** Idempotent. */
        @Override
        public void close() {
            letGo();
            pause();
            if (!closed) {
                closed = true;
                body.contents().forEach(each -> open.closed(each.id()));
                ranges.decrementAndGet();
            }
        }
    }
}
