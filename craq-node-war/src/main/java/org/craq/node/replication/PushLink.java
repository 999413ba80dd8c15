package org.craq.node.replication;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.Errors;
import org.craq.wire.v1.Chunk;
import org.craq.wire.v1.PushReply;
import org.craq.wire.v1.PushRequest;
import org.craq.wire.v1.PushStart;
import org.craq.wire.v1.ReplicationGrpc;

/**
 * One content on its way to the successor, chunk by chunk. Pushing is the fast path only: when it fails, the link goes
 * silent and the successor fetches what it misses.
 */
final class PushLink {
    private static final Logger LOG = System.getLogger(PushLink.class.getName());

    private final AtomicReference<Runnable> waiter = new AtomicReference<>();
    private volatile ClientCallStreamObserver<PushRequest> call;
    private final SuccessorRoom room;
    private volatile boolean broken;
    private volatile Optional<CraqException> refusal = Optional.empty();

    PushLink(ReplicationGrpc.ReplicationStub successor, PushStart start, SuccessorRoom room) {
        this.room = room;
        successor.push(new Replies());
        call.onNext(PushRequest.newBuilder().setStart(start).build());
    }

    private final class Replies implements ClientResponseObserver<PushRequest, PushReply> {
        @Override
        public void beforeStart(ClientCallStreamObserver<PushRequest> stream) {
            call = stream;
            stream.setOnReadyHandler(PushLink.this::wake);
        }

        @Override
        public void onNext(PushReply reply) {}

        @Override
        public void onError(Throwable failure) {
            LOG.log(Level.DEBUG, "a push ended early: {0}", failure);
            CraqException reason = Errors.classify(failure);
            if (reason.code() == ErrorCode.STORAGE_FULL) {
                refusal = Optional.of(reason);
                room.full(reason);
            }
            broken = true;
            wake();
        }

        @Override
        public void onCompleted() {
            room.taken();
            broken = true;
            wake();
        }
    }

    /** Why the successor took no more, if it was for lack of room there or further down. */
    Optional<CraqException> refusal() {
        return refusal;
    }

    /** On return the bytes are not needed any more: a call that is ready has taken its own copy, any other is given one. */
    void send(int index, ByteString data, int crc32c) {
        if (!broken) {
            ByteString bytes = call.isReady() ? data : UnsafeByteOperations.unsafeWrap(data.toByteArray());
            call.onNext(PushRequest.newBuilder()
                    .setChunk(Chunk.newBuilder().setIndex(index).setData(bytes).setCrc32C(crc32c))
                    .build());
        }
    }

    /** Runs the step as soon as more may be sent: at once, or when the successor has caught up. One step may wait. */
    void whenReady(Runnable step) {
        waiter.set(step);
        if (broken || call.isReady()) {
            wake();
        }
    }

    private void wake() {
        Runnable step = waiter.getAndSet(null);
        if (step != null) {
            step.run();
        }
    }

    /** The successor made no progress for too long: it will fetch. */
    void giveUp() {
        cancel();
        wake();
    }

    void complete() {
        if (!broken) {
            call.onCompleted();
        }
    }

    void cancel() {
        if (!broken) {
            broken = true;
            call.cancel("the upload was abandoned", null);
        }
    }
}
