package org.craq.node.replication;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.craq.node.content.ComingChunk;
import org.craq.wire.CraqException;
import org.craq.wire.Errors;
import org.craq.wire.v1.Chunk;
import org.craq.wire.v1.PushReply;
import org.craq.wire.v1.PushRequest;
import org.craq.wire.v1.PushStart;
import org.craq.wire.v1.ReplicationGrpc;

/** A push over gRPC. */
final class GrpcPushSender implements PushSender {
    private final PushState end;
    private volatile ClientCallStreamObserver<PushRequest> call;

    GrpcPushSender(ReplicationGrpc.ReplicationStub successor, PushStart start, SuccessorSpace room) {
        end = new PushState(room);
        successor.push(new Replies());
        call.onNext(PushRequest.newBuilder().setStart(start).build());
    }

    private final class Replies implements ClientResponseObserver<PushRequest, PushReply> {
        @Override
        public void beforeStart(ClientCallStreamObserver<PushRequest> stream) {
            call = stream;
            stream.setOnReadyHandler(end::wake);
        }

        @Override
        public void onNext(PushReply reply) {}

        @Override
        public void onError(Throwable failure) {
            end.failed(Errors.classify(failure));
        }

        @Override
        public void onCompleted() {
            end.taken();
        }
    }

    @Override
    public Optional<CraqException> refusal() {
        return end.refusal();
    }

    /** Returns false: a gRPC message can be sent only when the chunk is complete. */
    @Override
    public boolean sendOn(ComingChunk chunk) {
        return false;
    }

    /** A call that is ready has copied the bytes by the time {@code onNext} returns; for any other they are copied here. */
    @Override
    public void send(int index, ByteBuffer data, int crc32c) {
        if (!end.over()) {
            ByteString bytes =
                    call.isReady() ? UnsafeByteOperations.unsafeWrap(data) : ByteString.copyFrom(data.duplicate());
            call.onNext(PushRequest.newBuilder()
                    .setChunk(Chunk.newBuilder().setIndex(index).setData(bytes).setCrc32C(crc32c))
                    .build());
        }
    }

    @Override
    public void whenReady(Runnable step) {
        end.await(step, call::isReady);
    }

    @Override
    public void giveUp() {
        cancel();
    }

    @Override
    public void complete() {
        if (!end.over()) {
            call.onCompleted();
        }
    }

    @Override
    public void cancel() {
        if (end.end()) {
            call.cancel("the upload was abandoned", null);
        }
    }
}
