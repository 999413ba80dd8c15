package org.craq.node.content;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import java.io.EOFException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.channels.WritableByteChannel;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntConsumer;
import org.craq.server.access.Guard;
import org.craq.wire.CallerAddress;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.content.ContentConnection;
import org.craq.wire.content.ContentFrame;
import org.craq.wire.content.ContentSession;
import org.craq.wire.tls.TlsChannel;
import org.craq.wire.v1.ContentEnd;
import org.craq.wire.v1.ContentReply;
import org.craq.wire.v1.ContentRequest;
import org.craq.wire.v1.ContentTicket;

/** The server side of one connection to the content port. Only the thread that serves it may use it, but any thread may {@link #end} it. */
public final class ServedConnection {
    private static final Logger LOG = System.getLogger(ServedConnection.class.getName());
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int OUT_BYTES = 2 * ContentFrame.BYTES + ContentFrame.MAX_MESSAGE_BYTES;
    /**
     * Limit for one transfer from or to the heap. The JDK permanently keeps a direct buffer per thread, as large as the thread's longest
     * such transfer.
     */
    private static final int HEAP_BYTES = 64 << 10;

    /** Bytes that must move, in either direction, within the patience. */
    private static final int UNIT_BYTES = 64 << 10;

    /** The patience between two requests. */
    private static final Duration RESTING_PATIENCE = Duration.ofSeconds(60);

    /** The patience until the greeting, with the handshake of TLS. Looked at each second, it ends connections within 5 s. */
    private static final Duration GREETING_PATIENCE = Duration.ofMillis(3_500);

    private static final Duration USUAL_PATIENCE = Duration.ofSeconds(30);
    /** The patience while others wait for the connection or the permit that this one holds. */
    private static final Duration CROWDED_PATIENCE = Duration.ofSeconds(3);

    private static final long MOST_DRAINED_NANOS = TimeUnit.SECONDS.toNanos(10);
    /** Bytes that a client may still send after it was refused, before it is cut off. */
    private static final long MOST_DRAINED_BYTES = 16 << 20;

    private final SocketChannel channel;
    private final String peer;
    /** Bytes that were received but not consumed yet. */
    private final ByteBuffer in = ByteBuffer.allocate(ContentFrame.BYTES + ContentFrame.MAX_MESSAGE_BYTES)
            .limit(0);
    /** Headers and messages that are sent together with what follows, so that a short answer needs only one write. */
    private final ByteBuffer out = ByteBuffer.allocate(OUT_BYTES);
    /** A direct buffer; null until it is needed. */
    private ByteBuffer room;

    private final Optional<SslContext> tls;
    /** Null unless the connection is encrypted, and until it is. */
    private TlsChannel encrypted;

    private final Optional<ContentSessions> sessions;
    private byte[] nonce = {};
    private long messages;
    private ByteString key = ByteString.EMPTY;
    private ContentTicket ticket = ContentTicket.getDefaultInstance();

    private final LongAdder received;
    private final LongAdder sent;
    private boolean receiving;
    private boolean answered;
    private volatile boolean greeted;
    private volatile boolean resting;
    private volatile boolean ofNode;
    private volatile boolean holdsPermit;
    private volatile Duration patience = GREETING_PATIENCE;
    private final Waiting waiting = new Waiting();
    private volatile long drainedUntil = Long.MAX_VALUE;

    /**
     * Wraps a connection that was just accepted.
     *
     * @param sessions with which the client must authenticate its messages; empty if it need not
     * @param tls encrypts the connection; empty: it is not encrypted
     * @param received counts the bytes of content received
     * @param sent counts the bytes of content sent
     */
    ServedConnection(
            SocketChannel channel,
            Optional<ContentSessions> sessions,
            Optional<SslContext> tls,
            LongAdder received,
            LongAdder sent) {
        this.tls = tls;
        this.sessions = sessions;
        this.channel = channel;
        this.received = received;
        this.sent = sent;
        this.peer = channel.socket().getInetAddress() == null
                ? ""
                : CallerAddress.of(channel.socket().getInetAddress().getHostAddress());
    }

    /** Returns the client's address, of IPv6 its network; empty if the connection had already ended when it was accepted. */
    public String peer() {
        return peer;
    }

    /** Encrypts the connection if it has to be, and reads the preface. Returns false if the client does not speak this protocol. */
    boolean greeted() throws IOException {
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        if (tls.isPresent()) {
            encrypted = TlsChannel.ofServer(channel, tls.get());
            encrypted.handshake(TlsChannel.Waiter.NEVER);
        }
        ByteBuffer preface = ContentFrame.preface(sessions.isPresent());
        if (!come(preface.remaining())) {
            return false;
        }
        boolean same = in.slice(in.position(), preface.remaining()).equals(preface);
        in.position(in.position() + preface.remaining());
        if (same && sessions.isPresent()) {
            nonce = new byte[ContentSession.NONCE_BYTES];
            RANDOM.nextBytes(nonce);
            out.put(nonce);
            flush();
        }
        greeted = same;
        return same;
    }

    /**
     * Returns the user that makes the current request.
     *
     * @throws CraqException PERMISSION_DENIED if it is a node, UNAUTHENTICATED if the user is gone
     */
    public Guard guard() {
        return sessions.map(all -> all.guard(ticket)).orElse(Guard.OPEN);
    }

    /**
     * Requires that the request comes from a node.
     *
     * @throws CraqException PERMISSION_DENIED if it does not
     */
    public void requireNode(String id) {
        if (sessions.isPresent() && !ticket.getNodeId().equals(id)) {
            throw new CraqException(
                    ErrorCode.PERMISSION_DENIED, "this request is for node " + id + ", whose session it does not show");
        }
    }

    boolean greeted(boolean now) {
        return greeted == now;
    }

    /** Returns true once the client has sent a request that only nodes send. */
    boolean ofNode() {
        return ofNode;
    }

    /** Returns how long the thread has waited for the client since 64 KiB last moved. */
    Duration waited() {
        return waiting.waited();
    }

    /**
     * Returns true if the thread has waited for the client for longer than its patience.
     *
     * @param crowded whether connections are running short
     * @param othersWait whether other uploads are waiting for a permit
     */
    boolean stalled(boolean crowded, boolean othersWait) {
        if (System.nanoTime() - drainedUntil > 0) {
            return true;
        }
        boolean hurry = !ofNode && !resting && (crowded || (othersWait && holdsPermit));
        Duration limit = hurry && patience.compareTo(CROWDED_PATIENCE) > 0 ? CROWDED_PATIENCE : patience;
        return waited().compareTo(limit) > 0;
    }

    /** Records that the request holds the permit of a long upload, for which others may be waiting. */
    public void holdsPermit() {
        holdsPermit = true;
    }

    /**
     * Makes the serving thread end, whatever it is waiting for. Leaves closing the channel to that thread: the kernel may still be
     * sending to the descriptor, whose number could by then belong to another file. Idempotent.
     */
    void end() {
        try {
            channel.shutdownInput().shutdownOutput();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "the connection was already closed", e);
        }
    }

    /** Closes the channel; the serving thread's last step. */
    void close() {
        if (encrypted != null) {
            encrypted.close();
        }
        try {
            channel.close();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "closing a connection failed", e);
        }
    }

    /** Returns true while the connection waits for a request. */
    boolean resting() {
        return resting;
    }

    /** Records that the sender is a node, which gets more time: it may itself be waiting for a slow client. */
    public void patientWithNode(Duration longer) {
        ofNode = true;
        patience = longer;
    }

    // ---- receiving ----

    /**
     * Waits for a request. Returns true once one begins to arrive, false if the client closed the connection or its
     * session is over.
     */
    boolean asked() throws IOException {
        if (sessions.filter(all -> all.endsWithTicket(ticket)).isPresent()) {
            return false;
        }
        patience = RESTING_PATIENCE;
        holdsPermit = false;
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

    /** Returns true if another request may follow a refusal: the request was received completely, and none of the answer was sent. */
    boolean clear() {
        return !receiving && !answered;
    }

    /** Returns true while the client is still expected to send content of this request. */
    boolean receiving() {
        return receiving;
    }

    /** Waits for the next frame header and returns it. */
    public ContentFrame frame() throws IOException {
        if (!come(ContentFrame.BYTES)) {
            throw new EOFException("the client closed the connection");
        }
        return ContentFrame.get(in);
    }

    /** Reads the message that this header announced, which ends the request's content. */
    public ContentEnd end(ContentFrame frame) throws IOException {
        ContentEnd end = message(frame, ContentEnd.parser());
        receiving = false;
        return end;
    }

    /** Takes one piece, whose bytes are still to be read from the connection. */
    public interface Piece {
        void take(ContentFrame frame) throws IOException;
    }

    /**
     * Receives a content: hands over the header of each piece, until the end.
     *
     * @param awaitReady blocks until the next piece may come, which is no fault of the client
     */
    public ContentEnd pieces(Piece piece, Runnable awaitReady) throws IOException {
        ContentFrame frame = frame();
        for (; frame.kind() == ContentFrame.Kind.PIECE; frame = frame()) {
            piece.take(frame);
            working(true);
            awaitReady.run();
            working(false);
        }
        return end(frame);
    }

    private <T> T message(ContentFrame frame, Parser<T> parser) throws IOException {
        if (frame.kind() != ContentFrame.Kind.MESSAGE) {
            throw new IOException("expected a message, received content");
        }
        if (!come(frame.length())) {
            throw new EOFException("the client closed the connection");
        }
        ByteBuffer bytes = in.slice(in.position(), frame.length());
        in.position(in.position() + frame.length());
        if (!frame.fits(bytes)) {
            throw new IOException("a message fails its checksum");
        }
        if (sessions.isPresent()) {
            bytes = authenticated(bytes, sessions.get());
        }
        try {
            return parser.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new IOException("a message can't be parsed", e);
        }
    }

    /** Returns the message in a payload, after checking that the holder of the session has made it for this place in this connection. */
    private ByteBuffer authenticated(ByteBuffer payload, ContentSessions all) throws IOException {
        int length = payload.remaining() < Short.BYTES ? -1 : payload.getShort();
        if (length < 0 || payload.remaining() < length + ContentSession.MAC_BYTES || (length > 0) != (messages == 0)) {
            throw new IOException("a message is not authenticated");
        }
        ByteBuffer shown = payload.slice(payload.position(), length);
        byte[] mac = new byte[ContentSession.MAC_BYTES];
        payload.position(payload.position() + length).get(mac);
        ByteString text = ByteString.copyFrom(shown.duplicate());
        if (messages == 0) {
            key = all.key(text);
        }
        if (!MessageDigest.isEqual(mac, ContentSession.mac(key, nonce, messages, shown, payload))) {
            throw new IOException("a message was not made by the holder of the session");
        }
        if (messages == 0) {
            ticket = all.ticket(text).orElseThrow(() -> new IOException("the session is over"));
        }
        messages++;
        return payload;
    }

    /** Waits for the given number of unconsumed bytes. Returns false if the client closed the connection before the first of them. */
    private boolean come(int bytes) throws IOException {
        if (in.capacity() - in.position() < bytes) {
            in.compact().flip();
        }
        while (in.remaining() < bytes) {
            ByteBuffer room = in.duplicate().limit(in.capacity()).position(in.limit());
            if (receive(room) < 0) {
                if (in.hasRemaining()) {
                    throw new EOFException("the connection ended in the middle of a frame");
                }
                return false;
            }
            in.limit(room.position());
        }
        return true;
    }

    /** Fills the buffer with content. */
    public void read(ByteBuffer into) throws IOException {
        read(into, () -> {});
    }

    /** Fills the buffer with content, and runs the callback whenever some bytes have arrived. */
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
                throw new EOFException("the connection ended in the middle of a content frame");
            }
            received.add(count);
            came.run();
        }
        into.limit(end);
    }

    private int receive(ByteBuffer into) throws IOException {
        int count = encrypted == null ? channel.read(into) : encrypted.read(into);
        waiting.moved(Math.max(0, count));
        return count;
    }

    /**
     * Discards what the client is still sending after the last answer. If the connection were closed at once, the client might never read
     * that answer.
     */
    void drain() throws IOException {
        channel.shutdownOutput();
        drainedUntil = System.nanoTime() + MOST_DRAINED_NANOS;
        long drained = 0;
        int count = 0;
        while (count >= 0 && drained < MOST_DRAINED_BYTES) {
            count = channel.read(in.clear());
            waiting.moved(Math.max(0, count));
            drained += count;
        }
    }

    // ---- sending ----

    /** Buffers a message; it is sent with the next content or by {@link #flush}. */
    public void put(ContentReply reply) throws IOException {
        byte[] message = reply.toByteArray();
        goingOut(ContentFrame.BYTES + message.length);
        ContentFrame.putMessage(out, message);
    }

    /** Returns a direct buffer of 64 KiB, from which content is sent without a copy. It may be overwritten once its content is sent. */
    public ByteBuffer room() {
        if (room == null) {
            room = ByteBuffer.allocateDirect(ContentConnection.SHORT_BYTES);
        }
        return room;
    }

    /** Sends the buffered messages and a content frame of at most 64 KiB. */
    public void send(ByteBuffer piece, int crc32c) throws IOException {
        goingOut(ContentFrame.BYTES);
        new ContentFrame(ContentFrame.Kind.PIECE, piece.remaining(), crc32c).put(out);
        sent.add(piece.remaining());
        write(out.flip(), piece);
    }

    /** Returns true if content need not pass through this process's memory. */
    public boolean transfers() {
        return encrypted == null;
    }

    /** Content that can be sent from where it is stored, without passing through this process's memory. */
    public interface Transfer {
        /**
         * Sends all of the content.
         *
         * @param progressed to be called with the number of bytes whenever the channel has accepted some
         */
        void to(WritableByteChannel channel, IntConsumer progressed) throws IOException;
    }

    /** Sends the buffered messages and a content frame whose payload the transfer writes; only if the connection {@link #transfers}. */
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

    /** Sends the buffered messages. */
    public void flush() throws IOException {
        write(out.flip());
    }

    /** Writes the buffers completely and clears {@link #out}, which must be the first of them. */
    private void write(ByteBuffer... parts) throws IOException {
        if (encrypted != null) {
            int count = Arrays.stream(parts).mapToInt(ByteBuffer::remaining).sum();
            encrypted.write(TlsChannel.Waiter.NEVER, parts);
            waiting.moved(count);
        }
        while (parts[parts.length - 1].hasRemaining() || out.hasRemaining()) {
            waiting.moved((int) channel.write(parts));
        }
        out.clear();
    }

    /** Sets whether the thread is busy or waiting for something other than the client. Such waits have their own limits. */
    public void working(boolean now) {
        waiting.pause(now);
    }

    /** Measures how long the thread waits for the client. */
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

        /** Restarts the measurement from the time when bytes last moved, which may be earlier than this call. */
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
