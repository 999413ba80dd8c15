package org.craq.client;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.zip.CRC32C;
import org.craq.wire.v1.Fragment;
import org.craq.wire.v1.ReadHeader;
import org.craq.wire.v1.ReadReply;
import org.craq.wire.v1.ReadRequest;

/**
 * One download at a fake node, which sends only as fast as the transport accepts data, with the faults that the node
 * has scripted.
 */
final class FakeDownload implements Runnable {
    private static final int FRAGMENT = 1 << 20;

    private final FakeNode node;
    private final ServerCallStreamObserver<ReadReply> answer;
    private final ByteString content;
    private final int end;
    private int at;
    private int sent;
    private boolean over;

    FakeDownload(
            FakeNode node, ServerCallStreamObserver<ReadReply> answer, ReadRequest request, FakeStore.Stored file) {
        this.node = node;
        this.answer = answer;
        content = file.content();
        at = (int) request.getOffset();
        int rest = content.size() - at;
        int count = request.getLimit() > 0 ? (int) Math.min(rest, request.getLimit()) : rest;
        boolean elsewhere = request.getTakesElsewhere() && node.contentPort != 0 && count > FRAGMENT;
        end = elsewhere ? at : at + count;
        answer.onNext(ReadReply.newBuilder()
                .setHeader(ReadHeader.newBuilder()
                        .setFile(file.info())
                        .setOffset(at)
                        .setLength(count)
                        .setContentPort(node.contentPort)
                        .setElsewhere(elsewhere)
                        .setAnswered(org.craq.wire.v1.Answered.newBuilder().setNodeId(node.id)))
                .build());
        answer.setOnReadyHandler(this);
    }

    @Override
    public void run() {
        while (!over && answer.isReady()) {
            if (at == end) {
                over = true;
                answer.onCompleted();
            } else if (node.dieAfter == sent) {
                over = true;
                answer.onError(
                        Status.UNAVAILABLE.withDescription("scripted death").asRuntimeException());
            } else {
                send(Math.min(FRAGMENT, end - at));
            }
        }
    }

    private void send(int size) {
        ByteString data = content.substring(at, at + size);
        CRC32C crc = new CRC32C();
        crc.update(data.asReadOnlyByteBuffer());
        boolean damaged = node.damage == sent;
        answer.onNext(ReadReply.newBuilder()
                .setFragment(Fragment.newBuilder()
                        .setOffset(at)
                        .setData(data)
                        .setCrc32C((int) crc.getValue() ^ (damaged ? 1 : 0)))
                .build());
        at += size;
        sent++;
        node.sent.addAndGet(size);
    }
}
