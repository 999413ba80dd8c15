package org.craq.client;

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
import java.util.function.IntConsumer;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.v1.Fragment;
import org.craq.wire.v1.Receipt;
import org.craq.wire.v1.WriteHeader;
import org.craq.wire.v1.WriteReply;
import org.craq.wire.v1.WriteRequest;
import org.craq.wire.v1.WriteTrailer;

/**
 * One StreamWrite call, seen from the thread that feeds it. A part is handed over only when the transport has no more
 * than one waiting to be sent, so that the line is kept busy and memory bounded. gRPC's threads only set flags here.
 */
final class UploadCall implements ClientResponseObserver<WriteRequest, WriteReply>, OutgoingWrite {
    private final Peer head;
    private final Duration timeout;
    private final IntConsumer contentPort;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private ClientCallStreamObserver<WriteRequest> call;
    private boolean complete;
    private boolean ended;
    /** How often the head has told whose turn it is, and what it said last. */
    private long told;

    private boolean turn;
    private Receipt receipt;
    private Throwable failure;

    /**
     * A call that is yet to be made.
     *
     * @param contentPort gets the port that the head tells with each answer, from one of gRPC's threads
     */
    UploadCall(Peer head, Duration timeout, IntConsumer contentPort) {
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
        contentPort.accept(reply.getContentPort());
        change(() -> {
            if (reply.hasReceipt()) {
                receipt = reply.getReceipt();
            } else {
                told++;
                turn |= reply.getTurn().getCome();
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

    /** Sends what comes first. */
    void begin(WriteHeader header) {
        send(WriteRequest.newBuilder().setHeader(header).build());
    }

    /**
     * A head that knows the write id may answer early: then the piece is not needed. A call that is ready, and is not kept for
     * repetition, has taken its own copy on return.
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
     * Waits until the head has memory for a long content, for as long as it says that others come first. Fails as {@link
     * #send} does.
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

    /** Until the condition holds or the call has ended. That the head says something is progress. */
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
