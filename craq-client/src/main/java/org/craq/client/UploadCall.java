package org.craq.client;

import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.v1.Receipt;
import org.craq.wire.v1.WriteReply;
import org.craq.wire.v1.WriteRequest;

/**
 * One StreamWrite call, seen from the thread that feeds it. A part is handed over only when the transport has no more
 * than one waiting to be sent, so that the line is kept busy and memory bounded. gRPC's threads only set flags here.
 */
final class UploadCall implements ClientResponseObserver<WriteRequest, WriteReply> {
    private final Peer head;
    private final Duration timeout;
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

    UploadCall(Peer head, Duration timeout) {
        this.head = head;
        this.timeout = timeout;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<WriteRequest> stream) {
        call = stream;
        call.setOnReadyHandler(() -> change(() -> {}));
    }

    @Override
    public void onNext(WriteReply reply) {
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

    /**
     * Sends a part when there is room. A head that knows the write id may answer early: then the part is not needed. On return its
     * bytes are not needed any more: a call that is ready, and is not kept for repetition, has taken its own copy.
     *
     * @throws CraqException when the call has failed, or has stood still for the timeout
     */
    void send(WriteRequest part) {
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

    /** Sends the last part and waits for the answer. From here on the write may take effect. */
    Receipt finish(WriteRequest trailer) {
        await(call::isReady);
        if (!ended()) {
            complete = true;
            call.onNext(trailer);
            call.onCompleted();
            await(() -> false);
        }
        return Optional.ofNullable(receipt)
                .orElseThrow(() ->
                        new CraqException(ErrorCode.OUTCOME_UNKNOWN, head + " ended the upload without an answer"));
    }

    /** No effect on a call that has ended. */
    void cancel(String reason) {
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
