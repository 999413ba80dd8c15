package org.craq.node.replication;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.craq.core.chain.Member;
import org.craq.node.content.ComingChunk;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.Errors;
import org.craq.wire.content.ChunkBuffers;
import org.craq.wire.content.ContentConnection;
import org.craq.wire.content.ContentConnections;
import org.craq.wire.content.ContentFrame;
import org.craq.wire.v1.ContentEnd;
import org.craq.wire.v1.ContentReply;
import org.craq.wire.v1.ContentRequest;
import org.craq.wire.v1.PushStart;

/** A push over the successor's content port. It sends on its own thread, so that the thread that receives the chunks need not wait. */
final class PortPushSender implements PushSender {
    /** Maximum number of unsent chunks, including one that is still arriving. */
    private static final int MOST_WAITING = 2;

    /** Interval at which the connection is checked for a refusal while there is nothing to send. */
    private static final long LOOK_UP_MILLIS = 20;

    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private final ChunkBuffers memory;
    private final PushState end;
    private final ContentRequest request;
    private final Member to;
    private final ContentConnections<Member> connections;
    private final Deque<ComingChunk> waiting = new ArrayDeque<>();
    private boolean complete;
    /** Null until the thread has obtained one. */
    private ContentConnection connection;

    /** Creates a push; {@link #run} performs it. */
    PortPushSender(
            Member to,
            ContentConnections<Member> connections,
            ChunkBuffers memory,
            PushStart start,
            SuccessorSpace room) {
        this.to = to;
        this.connections = connections;
        this.memory = memory;
        this.request = ContentRequest.newBuilder()
                .setNodeId(to.node().value())
                .setPush(start)
                .build();
        this.end = new PushState(room);
    }

    @Override
    public Optional<CraqException> refusal() {
        return end.refusal();
    }

    @Override
    public void send(int index, ByteBuffer data, int crc32c) {
        if (!end.over()) {
            try (ComingChunk copy = ComingChunk.copyOf(memory, data, crc32c)) {
                sendOn(copy);
            }
        }
    }

    @Override
    public synchronized boolean sendOn(ComingChunk chunk) {
        if (!end.over()) {
            chunk.share();
            waiting.add(chunk);
            notifyAll();
        }
        return true;
    }

    @Override
    public void whenReady(Runnable step) {
        end.await(step, this::hasRoom);
    }

    private synchronized boolean hasRoom() {
        return waiting.size() < MOST_WAITING;
    }

    @Override
    public void giveUp() {
        cancel();
    }

    @Override
    public synchronized void complete() {
        complete = true;
        notifyAll();
    }

    @Override
    public void cancel() {
        end.end();
        synchronized (this) {
            if (connection != null && !complete) {
                connection.close();
            }
            notifyAll();
        }
    }

    /** Performs the whole push, on its own thread. */
    void run() {
        boolean reusable = false;
        try {
            hold(connections.take(to).orElseThrow(() -> new IOException("its content port can't be reached")));
            connection.send(request.toByteArray(), PATIENCE);
            for (Optional<ComingChunk> next = next(); next.isPresent(); next = next()) {
                send(next.get());
            }
            reusable = !end.over() && taken();
        } catch (IOException e) {
            if (!end.over()) {
                connections.avoid(to, e);
            }
            end.failed(new CraqException(ErrorCode.NOT_SERVING, "lost the successor: " + e.getMessage(), e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            end.end();
            forgetWaiting();
            letGo(reusable);
        }
    }

    private void letGo(boolean reusable) {
        if (connection == null) {
            return;
        }
        if (reusable) {
            connections.giveBack(to, connection);
        } else {
            connections.drop(connection);
        }
    }

    private synchronized void hold(ContentConnection mine) {
        connection = mine;
    }

    /** Waits for the next chunk and returns it without removing it; empty when there are no more, or the push is over. */
    private Optional<ComingChunk> next() throws IOException, InterruptedException {
        while (true) {
            synchronized (this) {
                if (waiting.isEmpty() && !complete && !end.over()) {
                    wait(LOOK_UP_MILLIS);
                }
                if (end.over() || complete || !waiting.isEmpty()) {
                    return end.over() ? Optional.empty() : Optional.ofNullable(waiting.peek());
                }
            }
            if (connection.answered()) {
                // A refusal for lack of space must be known before the content gets its place in the log.
                answer();
            }
        }
    }

    /** Sends the chunk's bytes as they arrive, until all are sent or the push is over. */
    private void send(ComingChunk chunk) throws IOException, InterruptedException {
        connection.announce(chunk.length(), chunk.crc32c());
        int sent = 0;
        while (sent < chunk.length() && !end.over()) {
            int there = chunk.await(sent, LOOK_UP_MILLIS);
            if (connection.answered()) {
                // Before the end of the push, the successor sends nothing but a refusal.
                answer();
            } else if (there > sent) {
                connection.sendPart(chunk.bytes(sent, there), PATIENCE);
                sent = there;
            }
        }
        if (sent == chunk.length()) {
            synchronized (this) {
                waiting.remove();
            }
            chunk.close();
            end.wake();
        }
    }

    private boolean taken() throws IOException {
        connection.send(ContentEnd.getDefaultInstance().toByteArray(), PATIENCE);
        return answer();
    }

    private boolean answer() throws IOException {
        ContentFrame frame = connection.frame(PATIENCE);
        if (frame.kind() != ContentFrame.Kind.MESSAGE) {
            throw new IOException("expected an answer, received content");
        }
        ByteBuffer message = connection.take(frame.length(), PATIENCE);
        if (!frame.fits(message)) {
            throw new IOException("an answer fails its checksum");
        }
        ContentReply reply = ContentReply.parseFrom(message);
        if (reply.hasPushed()) {
            end.taken();
            return true;
        }
        end.failed(new CraqException(
                Errors.code(reply.getRefusal().getCode()).orElse(ErrorCode.INTERNAL),
                reply.getRefusal().getText()));
        return false;
    }

    /** Releases the unsent chunks. Call this after the push is over, when no more are added. */
    private synchronized void forgetWaiting() {
        waiting.forEach(ComingChunk::close);
        waiting.clear();
    }
}
