package org.craq.client.internal;

import com.google.protobuf.ByteString;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.content.Checksum;
import org.craq.wire.content.ContentArrays;
import org.craq.wire.content.ContentBytes;
import org.craq.wire.v1.Fragment;
import org.craq.wire.v1.ReadHeader;
import org.craq.wire.v1.ReadReply;
import org.craq.wire.v1.ReadRequest;

/**
 * One StreamRead call, as seen by the thread that consumes its replies. At most {@value #AHEAD} replies are requested
 * in advance, which bounds the queue.
 */
final class DownloadCall implements ClientResponseObserver<ReadRequest, ReadReply>, IncomingRead {
    private static final int AHEAD = 4;
    private static final Duration GOODBYE = Duration.ofSeconds(1);

    private final Peer node;
    private final Duration timeout;
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final CompletableFuture<DownloadCall> begun = new CompletableFuture<>();
    private Optional<ByteString> lent = Optional.empty();
    private ClientCallStreamObserver<ReadRequest> call;

    /** A reply, or the end of the call if there is none; the end may have a failure. */
    private record Event(Optional<ReadReply> reply, Optional<Throwable> failure) {}

    DownloadCall(Peer node, Duration timeout) {
        this.node = node;
        this.timeout = timeout;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<ReadRequest> stream) {
        call = stream;
        call.disableAutoRequestWithInitial(AHEAD);
    }

    @Override
    public void onNext(ReadReply reply) {
        begun.complete(this);
        events.add(new Event(Optional.of(reply), Optional.empty()));
    }

    @Override
    public void onError(Throwable failure) {
        begun.completeExceptionally(failure);
        events.add(new Event(Optional.empty(), Optional.of(failure)));
    }

    @Override
    public void onCompleted() {
        begun.complete(this);
        events.add(new Event(Optional.empty(), Optional.empty()));
    }

    @Override
    public Peer node() {
        return node;
    }

    @Override
    public ReadHeader header() {
        ReadReply reply = reply();
        if (!reply.hasHeader()) {
            throw damaged("content without a header");
        }
        return reply.getHeader();
    }

    @Override
    public Piece next() {
        giveBack();
        ReadReply reply = reply();
        if (!reply.hasFragment()) {
            throw damaged("something else in place of content");
        }
        Fragment fragment = reply.getFragment();
        lent = Optional.of(fragment.getData());
        ByteBuffer bytes = ContentBytes.of(fragment.getData());
        if (Checksum.of(bytes) != fragment.getCrc32C()) {
            throw damaged("bytes that fail their checksum, at " + fragment.getOffset());
        }
        return new Piece(fragment.getOffset(), bytes, fragment.getCrc32C());
    }

    /** Returns the buffer of the last piece to the pool; nobody reads it any more. */
    private void giveBack() {
        lent.ifPresent(ContentArrays::giveBack);
        lent = Optional.empty();
    }

    private CraqException damaged(String what) {
        return new CraqException(ErrorCode.CONTENT_DAMAGED, node + " sent " + what);
    }

    /**
     * Completes with this call when its first reply has arrived, or fails with what went wrong before that. Dependent
     * stages must not block.
     */
    CompletableFuture<DownloadCall> begun() {
        return begun;
    }

    /**
     * Waits for the next reply.
     *
     * @throws CraqException when the call has ended, or has made no progress for the timeout
     */
    private ReadReply reply() {
        Event event = poll(timeout)
                .orElseThrow(() -> new CraqException(
                        ErrorCode.NOT_SERVING, node + " has sent nothing for " + timeout.toMillis() + " ms"));
        if (event.reply.isPresent()) {
            call.request(1);
            return event.reply.get();
        }
        throw event.failure
                .map(failure -> Failures.atNode(node, failure))
                .orElseGet(() -> new CraqException(ErrorCode.CONTENT_DAMAGED, node + " ended the content too early"));
    }

    /** Gives the call a moment to end normally, and cancels it otherwise. */
    @Override
    public void finish() {
        giveBack();
        if (poll(GOODBYE).filter(event -> event.reply.isEmpty()).isEmpty()) {
            cancel("everything requested has arrived");
        }
    }

    @Override
    public void cancel(String reason) {
        call.cancel(reason, null);
    }

    private Optional<Event> poll(Duration limit) {
        try {
            return Optional.ofNullable(events.poll(limit.toNanos(), TimeUnit.NANOSECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CraqException(ErrorCode.NOT_SERVING, "interrupted while waiting for " + node, e);
        }
    }
}
