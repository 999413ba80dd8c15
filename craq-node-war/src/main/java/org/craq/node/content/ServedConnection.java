package org.craq.node.content;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import java.io.EOFException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.channels.WritableByteChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntConsumer;
import org.craq.wire.content.ContentConnection;
import org.craq.wire.content.ContentFrame;
import org.craq.wire.v1.ContentEnd;
import org.craq.wire.v1.ContentReply;
import org.craq.wire.v1.ContentRequest;

/** One connection to the content port, for the one thread that serves it; any may {@link #end} it. */
public final class ServedConnection {
    private static final Logger LOG = System.getLogger(ServedConnection.class.getName());
    private static final int OUT_BYTES = 2 * ContentFrame.BYTES + ContentFrame.MAX_MESSAGE_BYTES;
    /** The JDK keeps, for each thread for good, memory outside the heap for the longest piece that went from or to the heap. */
    private static final int HEAP_BYTES = 64 << 10;

    /** Of bytes that come or go so many have to move within the patience. */
    private static final int UNIT_BYTES = 64 << 10;

    /** Between two requests. */
    private static final Duration RESTING_PATIENCE = Duration.ofSeconds(60);

    private static final Duration GREETING_PATIENCE = Duration.ofSeconds(5);
    private static final Duration USUAL_PATIENCE = Duration.ofSeconds(30);
    /** While others wait for what this one holds. */
    private static final Duration CROWDED_PATIENCE = Duration.ofSeconds(3);

    private static final long MOST_DRAINED_NANOS = TimeUnit.SECONDS.toNanos(10);
    /** What an asker may send on before it has to notice that it was refused. */
    private static final long MOST_DRAINED_BYTES = 16 << 20;

    private final SocketChannel channel;
    /** What has come and is not taken yet. */
    private final ByteBuffer in = ByteBuffer.allocate(ContentFrame.BYTES + ContentFrame.MAX_MESSAGE_BYTES)
            .limit(0);
    /** Frames and messages that go out with what comes next, so that a short answer goes in one piece. */
    private final ByteBuffer out = ByteBuffer.allocate(OUT_BYTES);
    /** Null until it is needed; outside the heap. */
    private ByteBuffer room;

    private final LongAdder received;
    private final LongAdder sent;
    private boolean receiving;
    private boolean answered;
    private volatile boolean greeted;
    private volatile boolean resting;
    private volatile boolean ofNode;
    private volatile boolean holdsTurn;
    private volatile Duration patience = GREETING_PATIENCE;
    private final Waiting waiting = new Waiting();
    private volatile long drainedUntil = Long.MAX_VALUE;

    /**
     * A connection that has just been made.
     *
     * @param received counts the bytes of pieces that came
     * @param sent counts those that went
     */
    ServedConnection(SocketChannel channel, LongAdder received, LongAdder sent) {
        this.channel = channel;
        this.received = received;
        this.sent = sent;
    }

    /** False when the asker does not speak this protocol. */
    boolean greeted() throws IOException {
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        ByteBuffer preface = ContentFrame.preface();
        if (!come(preface.remaining())) {
            return false;
        }
        boolean same = in.slice(in.position(), preface.remaining()).equals(preface);
        in.position(in.position() + preface.remaining());
        greeted = same;
        return same;
    }

    boolean greeted(boolean now) {
        return greeted == now;
    }

    /** True once it has asked for something that only nodes ask for. */
    boolean ofNode() {
        return ofNode;
    }

    /** How long the asker has let its thread wait since it last moved 64 KiB. */
    Duration waited() {
        return waiting.waited();
    }

    /**
     * True when its patience is at an end.
     *
     * @param crowded others wait for a connection
     * @param othersWait others wait for the turn of an upload
     */
    boolean stalled(boolean crowded, boolean othersWait) {
        if (System.nanoTime() - drainedUntil > 0) {
            return true;
        }
        boolean hurry = !ofNode && !resting && (crowded || (othersWait && holdsTurn));
        Duration limit = hurry && patience.compareTo(CROWDED_PATIENCE) > 0 ? CROWDED_PATIENCE : patience;
        return waited().compareTo(limit) > 0;
    }

    /** It holds the turn of a long upload, for which others may wait. */
    public void holdsTurn() {
        holdsTurn = true;
    }

    /**
     * Has its thread end, whatever it is waiting for. Does not close the channel, which is for that thread alone: the kernel may still be
     * sending to the descriptor, and another file could have its number by then. Idempotent.
     */
    void end() {
        try {
            channel.shutdownInput().shutdownOutput();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "a connection ended by itself", e);
        }
    }

    /** For its thread, last. */
    void close() {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "a connection did not close", e);
        }
    }

    /** True while it waits for a request. */
    boolean resting() {
        return resting;
    }

    /** A node sends; something else may take its time on its side while nothing moves here. */
    public void patientWithNode(Duration longer) {
        ofNode = true;
        patience = longer;
    }

    // ---- what comes ----

    /** True once there is a request; false when the asker has ended. */
    boolean asked() throws IOException {
        patience = RESTING_PATIENCE;
        holdsTurn = false;
        waiting.rest();
        resting = true;
        boolean asked = come(1);
        resting = false;
        patience = USUAL_PATIENCE;
        waiting.begin();
        answered = false;
        return asked;
    }

    ContentRequest request() throws IOException {
        ContentRequest request = message(frame(), ContentRequest.parser());
        receiving = !request.hasRead();
        return request;
    }

    /** True if the next thing that comes or goes may be another request's: nothing has been answered, all has come. */
    boolean clear() {
        return !receiving && !answered;
    }

    /** True while pieces are still to come that belong to the request. */
    boolean receiving() {
        return receiving;
    }

    /** What comes next. */
    public ContentFrame frame() throws IOException {
        if (!come(ContentFrame.BYTES)) {
            throw new EOFException("the asker has gone");
        }
        return ContentFrame.get(in);
    }

    /** The end of the pieces, which this frame announced. */
    public ContentEnd end(ContentFrame frame) throws IOException {
        ContentEnd end = message(frame, ContentEnd.parser());
        receiving = false;
        return end;
    }

    private <T> T message(ContentFrame frame, Parser<T> parser) throws IOException {
        if (frame.kind() != ContentFrame.Kind.MESSAGE) {
            throw new IOException("a piece in place of a message");
        }
        if (!come(frame.length())) {
            throw new EOFException("the asker has gone");
        }
        ByteBuffer bytes = in.slice(in.position(), frame.length());
        in.position(in.position() + frame.length());
        if (!frame.fits(bytes)) {
            throw new IOException("a message fails its checksum");
        }
        try {
            return parser.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new IOException("a message can't be read", e);
        }
    }

    /** True once so many bytes are there; false when the asker has ended before the first. */
    private boolean come(int bytes) throws IOException {
        if (in.capacity() - in.position() < bytes) {
            in.compact().flip();
        }
        while (in.remaining() < bytes) {
            ByteBuffer room = in.duplicate().limit(in.capacity()).position(in.limit());
            if (receive(room) < 0) {
                if (in.hasRemaining()) {
                    throw new EOFException("a message broke off");
                }
                return false;
            }
            in.limit(room.position());
        }
        return true;
    }

    /** Fills the buffer with bytes of a piece. */
    public void read(ByteBuffer into) throws IOException {
        read(into, () -> {});
    }

    /** Fills the buffer with bytes of a piece; some have come whenever it tells so. */
    void read(ByteBuffer into, Runnable came) throws IOException {
        int here = Math.min(in.remaining(), into.remaining());
        into.put(in.slice(in.position(), here));
        in.position(in.position() + here);
        received.add(here);
        came.run();
        int end = into.limit();
        while (into.hasRemaining() || into.limit() < end) {
            into.limit(into.isDirect() ? end : Math.min(end, into.position() + HEAP_BYTES));
            int count = receive(into);
            if (count < 0) {
                throw new EOFException("a piece broke off");
            }
            received.add(count);
            came.run();
        }
        into.limit(end);
    }

    private int receive(ByteBuffer into) throws IOException {
        int count = channel.read(into);
        waiting.moved(Math.max(0, count));
        return count;
    }

    /** The last answer is out; what the asker is still sending is taken, so that it gets to read that answer. */
    void drain() throws IOException {
        channel.shutdownOutput();
        drainedUntil = System.nanoTime() + MOST_DRAINED_NANOS;
        long drained = 0;
        int count = 0;
        while (count >= 0 && drained < MOST_DRAINED_BYTES) {
            count = receive(in.clear());
            drained += count;
        }
    }

    // ---- what goes ----

    /** Adds a message to what goes out. */
    public void put(ContentReply reply) throws IOException {
        byte[] message = reply.toByteArray();
        goingOut(ContentFrame.BYTES + message.length);
        ContentFrame.putMessage(out, message);
    }

    /** Memory for a piece of at most 64 KiB, from which it is sent without a copy. What is in it may be overwritten once it is sent. */
    public ByteBuffer room() {
        if (room == null) {
            room = ByteBuffer.allocateDirect(ContentConnection.SHORT_BYTES);
        }
        return room;
    }

    /** Sends a piece of at most 64 KiB, and what was put before. */
    public void send(ByteBuffer piece, int crc32c) throws IOException {
        goingOut(ContentFrame.BYTES);
        new ContentFrame(ContentFrame.Kind.PIECE, piece.remaining(), crc32c).put(out);
        sent.add(piece.remaining());
        write(out.flip(), piece);
    }

    /** Bytes of a longer piece that can be sent on from where they lie. */
    public interface Transfer {
        /**
         * Sends all of them.
         *
         * @param progressed to be called whenever some have been taken, with their number
         */
        void to(WritableByteChannel channel, IntConsumer progressed) throws IOException;
    }

    /** Sends a piece, and what was put before. */
    public void send(int length, int crc32c, Transfer bytes) throws IOException {
        goingOut(ContentFrame.BYTES);
        new ContentFrame(ContentFrame.Kind.PIECE, length, crc32c).put(out);
        flush();
        bytes.to(channel, waiting::moved);
        sent.add(length);
    }

    private void goingOut(int bytes) throws IOException {
        answered = true;
        if (out.remaining() < bytes) {
            flush();
        }
    }

    /** Sends what was put. */
    public void flush() throws IOException {
        write(out.flip());
    }

    /** The first of them is what goes out. */
    private void write(ByteBuffer... parts) throws IOException {
        while (parts[parts.length - 1].hasRemaining() || out.hasRemaining()) {
            waiting.moved((int) channel.write(parts));
        }
        out.clear();
    }

    /** Tells whether the thread is waiting for something that the asker has no part in, which has a limit of its own. */
    public void working(boolean now) {
        waiting.pause(now);
    }

    /** Counts the time in which the thread waits for the asker. */
    private static final class Waiting {
        private long since = System.nanoTime();
        private long lastMoved = since;
        private long waited;
        private int moved;
        private boolean paused;

        synchronized void begin() {
            since = System.nanoTime();
            waited = 0;
            moved = 0;
            paused = false;
        }

        /** Since the last bytes, whenever its thread comes to know that there are no more. */
        synchronized void rest() {
            begin();
            since = lastMoved;
        }

        synchronized void moved(int count) {
            lastMoved = System.nanoTime();
            moved += count;
            if (moved >= UNIT_BYTES) {
                boolean still = paused;
                begin();
                paused = still;
            }
        }

        synchronized void pause(boolean now) {
            if (now && !paused) {
                waited += System.nanoTime() - since;
            }
            paused = now;
            since = System.nanoTime();
        }

        synchronized Duration waited() {
            return Duration.ofNanos(paused ? waited : waited + System.nanoTime() - since);
        }
    }
}
