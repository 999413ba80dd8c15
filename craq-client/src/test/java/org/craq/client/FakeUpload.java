package org.craq.client;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayOutputStream;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.CRC32C;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.Errors;
import org.craq.wire.v1.Fragment;
import org.craq.wire.v1.Receipt;
import org.craq.wire.v1.Turn;
import org.craq.wire.v1.WriteHeader;
import org.craq.wire.v1.WriteReply;
import org.craq.wire.v1.WriteRequest;
import org.craq.wire.v1.WriteTrailer;

/**
 * One upload at a fake node, which requires header, fragments of the right size, offset and checksum, trailer, and end.
 */
final class FakeUpload implements StreamObserver<WriteRequest> {
    private final FakeNode node;
    private final ServerCallStreamObserver<WriteReply> answer;
    private final ByteArrayOutputStream content = new ByteArrayOutputStream();
    private WriteHeader header;
    private WriteTrailer trailer;
    private boolean shortFragment;
    private boolean over;
    private int fragments;

    FakeUpload(FakeNode node, ServerCallStreamObserver<WriteReply> answer) {
        this.node = node;
        this.answer = answer;
    }

    @Override
    public void onNext(WriteRequest request) {
        if (over) {
            return;
        }
        switch (request.getPartCase()) {
            case HEADER -> header(request.getHeader());
            case FRAGMENT -> fragment(request.getFragment());
            case TRAILER -> trailer(request.getTrailer());
            default -> breach("an empty part");
        }
        if (!node.stalled && !over) {
            answer.request(1);
        }
    }

    private void header(WriteHeader value) {
        expect(header == null, "a second header");
        UUID.fromString(value.getWriteId());
        header = value;
        node.store.headers.add(value);
        ErrorCode refusal = node.refusals.poll();
        if (refusal != null) {
            fail(Errors.toGrpc(new CraqException(refusal, "scripted refusal"), UUID.randomUUID()));
        } else if (value.getAwaitsTurn()) {
            for (int i = 0; i < node.turnsOfOthers; i++) {
                pause();
                turn(Turn.getDefaultInstance());
            }
            pause();
            content.writeBytes(node.store.kept(value));
            turn(node.store.granted(value));
        }
    }

    private void pause() {
        if (node.turnsOfOthers > 0) {
            LockSupport.parkNanos(FakeNode.TURN.toNanos());
        }
    }

    private void turn(Turn turn) {
        answer.onNext(WriteReply.newBuilder()
                .setContentPort(node.contentPort)
                .setTurn(turn)
                .build());
    }

    private void fragment(Fragment fragment) {
        expect(header != null && trailer == null, "a fragment out of turn");
        int size = fragment.getData().size();
        expect(size > 0 && size <= header.getChunkSize(), "a fragment of " + size + " bytes");
        expect(!shortFragment, "a fragment after a short one");
        shortFragment = size < header.getChunkSize();
        expect(fragment.getOffset() == content.size(), "a gap before byte " + fragment.getOffset());
        byte[] bytes = fragment.getData().toByteArray();
        expect(crc(bytes) == fragment.getCrc32C(), "a fragment with a wrong checksum");
        content.writeBytes(bytes);
        expect(header.getAwaitsTurn() || content.size() <= 64 << 10, "a long content without a turn");
        node.received.addAndGet(size);
        if (node.breakUploadAfter == ++fragments) {
            node.breakUploadAfter = -1;
            node.store.keep(header, content.toByteArray());
            fail(Status.UNAVAILABLE.withDescription("scripted break").asRuntimeException());
        }
    }

    private void trailer(WriteTrailer value) {
        expect(header != null && trailer == null, "a trailer out of turn");
        trailer = value;
        if (value.getDiscards()) {
            node.store.discard(header);
            fail(Errors.toGrpc(new CraqException(ErrorCode.UPLOAD_ABANDONED, "discarded"), UUID.randomUUID()));
        } else if (!header.hasResumableLength() || node.store.written(header).isEmpty()) {
            expect(value.getLength() == content.size(), "a wrong length in the trailer");
            expect(value.getCrc32C() == crc(content.toByteArray()), "a wrong checksum in the trailer");
        }
    }

    @Override
    public void onCompleted() {
        if (over) {
            return;
        }
        expect(trailer != null, "an end without a trailer");
        Receipt receipt = node.store.put(header, content.toByteArray());
        over = true;
        if (node.losesReceipt()) {
            answer.onError(Status.UNAVAILABLE.withDescription("scripted loss").asRuntimeException());
            return;
        }
        answer.onNext(WriteReply.newBuilder()
                .setContentPort(node.contentPort)
                .setReceipt(receipt)
                .build());
        answer.onCompleted();
    }

    @Override
    public void onError(Throwable failure) {
        over = true;
        if (header != null && trailer == null) {
            node.store.keep(header, content.toByteArray());
        }
        node.abandoned.incrementAndGet();
    }

    private void expect(boolean holds, String breach) {
        if (!holds) {
            breach(breach);
        }
    }

    private void breach(String what) {
        node.store.breaches.add(what);
        fail(Errors.toGrpc(new CraqException(ErrorCode.INVALID_ARGUMENT, what), UUID.randomUUID()));
    }

    private void fail(RuntimeException failure) {
        if (!over) {
            over = true;
            answer.onError(failure);
        }
    }

    private static int crc(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }
}
