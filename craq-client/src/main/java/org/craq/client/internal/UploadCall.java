package org.craq.client.internal;

import com.google.protobuf.UnsafeByteOperations;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.content.ContentAddress;
import org.craq.wire.v1.Fragment;
import org.craq.wire.v1.Receipt;
import org.craq.wire.v1.WriteHeader;
import org.craq.wire.v1.WriteReply;
import org.craq.wire.v1.WriteRequest;
import org.craq.wire.v1.WriteTrailer;

/**
 * One attempt to write over gRPC: a StreamWrite call with blocking methods for the thread that feeds it. A message is passed to the
 * transport only when at most one is waiting to be sent, which keeps the connection busy and bounds memory. gRPC's threads only set flags
 * here.
 */
final class UploadCall implements ClientResponseObserver<WriteRequest, WriteReply>, OutgoingWrite {
    private final Peer head;
    private final Duration timeout;
    private final Consumer<ContentAddress> contentPort;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private ClientCallStreamObserver<WriteRequest> call;
    private boolean complete;
    private boolean ended;
    /** How many messages about the permit the head has sent. */
    private long told;

    /** True once the head has granted the permit. */
    private boolean turn;

    private Kept kept = Kept.NOTHING;
    private Receipt receipt;
    private Throwable failure;

    /**
     * Prepares a call; it starts when this observer is passed to the stub.
     *
     * @param contentPort receives the content port that the head reports with each answer, on one of gRPC's threads
     */
    UploadCall(Peer head, Duration timeout, Consumer<ContentAddress> contentPort) {
        this.head = head;
        this.timeout = timeout;
        this.contentPort = contentPort;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<WriteRequest> stream) {
        call = stream;
        call.setOnReadyHandler(() -> change(() -> {}));
    }

    @Override
    public void onNext(WriteReply reply) {
        contentPort.accept(ContentAddress.of(reply.getContentPort(), reply.getContentSession()));
        change(() -> {
            if (reply.hasReceipt()) {
                receipt = reply.getReceipt();
            } else {
                told++;
                turn |= reply.getTurn().getCome();
                kept = Kept.of(reply.getTurn());
            }
        });
    }

    @Override
    public void onError(Throwable error) {
        change(() -> {
            failure = error;
            ended = true;
        });
    }

    @Override
    public void onCompleted() {
        change(() -> ended = true);
    }

    private void change(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Sends the header. */
    void begin(WriteHeader header) {
        send(WriteRequest.newBuilder().setHeader(header).build());
    }

    @Override
    public Kept kept() {
        lock.lock();
        try {
            return kept;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Sends a fragment without copying its bytes here: a call that is ready, and that gRPC does not buffer for retries, has copied them
     * by the time {@code onNext} returns. Sends nothing if the call has ended: a head that knows the write id may answer early.
     */
    @Override
    public void send(long offset, ByteBuffer piece, int crc32c) {
        send(WriteRequest.newBuilder()
                .setFragment(Fragment.newBuilder()
                        .setOffset(offset)
                        .setData(UnsafeByteOperations.unsafeWrap(piece))
                        .setCrc32C(crc32c))
                .build());
    }

    private void send(WriteRequest part) {
        await(call::isReady);
        if (!ended()) {
            call.onNext(part);
        }
    }

    /**
     * Waits until the head grants the permit for a long content, for as long as it keeps reporting that the call is queued.
     *
     * @throws CraqException as for {@link #send}
     */
    void awaitTurn() {
        await(() -> turn);
    }

    @Override
    public Receipt finish(WriteTrailer trailer) {
        await(call::isReady);
        if (!ended()) {
            complete = true;
            call.onNext(WriteRequest.newBuilder().setTrailer(trailer).build());
            call.onCompleted();
            await(() -> false);
        }
        return Optional.ofNullable(receipt)
                .orElseThrow(() ->
                        new CraqException(ErrorCode.OUTCOME_UNKNOWN, head + " ended the upload without an answer"));
    }

    @Override
    public void cancel(String reason) {
        call.cancel(reason, null);
    }

    private boolean ended() {
        lock.lock();
        try {
            return ended;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until the condition holds or the call has ended. A message from the head about the permit counts as progress. */
    private void await(BooleanSupplier condition) {
        long left = timeout.toNanos();
        long heard = 0;
        lock.lock();
        try {
            while (!ended && !condition.getAsBoolean()) {
                if (told > heard) {
                    heard = told;
                    left = timeout.toNanos();
                }
                if (left <= 0) {
                    throw stopped(head + " has made no progress for " + TimeUnit.NANOSECONDS.toMillis(timeout.toNanos())
                            + " ms");
                }
                left = changed.awaitNanos(left);
            }
            if (failure != null) {
                throw complete ? Failures.atHead(head, failure) : Failures.atNode(head, failure);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw stopped("interrupted while waiting for " + head);
        } finally {
            lock.unlock();
        }
    }

    private CraqException stopped(String text) {
        return new CraqException(complete ? ErrorCode.OUTCOME_UNKNOWN : ErrorCode.UPLOAD_ABANDONED, text);
    }
}
