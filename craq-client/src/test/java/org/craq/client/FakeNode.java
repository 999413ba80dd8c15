package org.craq.client;

import io.grpc.Attributes;
import io.grpc.Server;
import io.grpc.ServerTransportFilter;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.Errors;
import org.craq.wire.v1.ChangeReply;
import org.craq.wire.v1.ChangeRequest;
import org.craq.wire.v1.DeleteRequest;
import org.craq.wire.v1.FileInfo;
import org.craq.wire.v1.ListFilesReply;
import org.craq.wire.v1.ListFilesRequest;
import org.craq.wire.v1.ListVersionsReply;
import org.craq.wire.v1.ListVersionsRequest;
import org.craq.wire.v1.NodeGrpc;
import org.craq.wire.v1.ReadReply;
import org.craq.wire.v1.ReadRequest;
import org.craq.wire.v1.Receipt;
import org.craq.wire.v1.StatReply;
import org.craq.wire.v1.StatRequest;
import org.craq.wire.v1.VersionInfo;
import org.craq.wire.v1.WriteReply;
import org.craq.wire.v1.WriteRequest;

/** A node on a loopback port, stricter than a real one, with faults that a test scripts through its fields. */
final class FakeNode extends NodeGrpc.NodeImplBase implements AutoCloseable {
    final String id;
    final FakeStore store;
    final Server server;
    final int port;
    /** Refusals to answer the next uploads' headers and the next other requests with. */
    final Queue<ErrorCode> refusals = new ConcurrentLinkedQueue<>();

    final AtomicLong received = new AtomicLong();
    final AtomicLong sent = new AtomicLong();
    final AtomicInteger abandoned = new AtomicInteger();
    final AtomicInteger transports = new AtomicInteger();
    final List<ReadRequest> reads = new CopyOnWriteArrayList<>();
    final List<ChangeRequest> changes = new CopyOnWriteArrayList<>();
    volatile int breakUploadAfter = -1;
    final AtomicInteger receiptsToLose = new AtomicInteger();
    /** Happens before a receipt is lost. */
    volatile Runnable beforeLoss = () -> {};

    volatile boolean stalled;
    /** The content port that the node announces. */
    volatile int contentPort;

    volatile int dieAfter = -1;
    volatile int damage = -1;
    volatile boolean silent;
    /** How long the upload of another client holds its permit. */
    static final Duration TURN = Duration.ofMillis(400);
    /** How many times a waiting upload is told that other uploads come first. */
    volatile int turnsOfOthers;

    FakeNode(String id, FakeStore store) throws IOException {
        this.id = id;
        this.store = store;
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(this)
                .intercept(store.gate)
                .maxInboundMessageSize(4 << 20)
                .addTransportFilter(new ServerTransportFilter() {
                    @Override
                    public Attributes transportReady(Attributes attributes) {
                        transports.incrementAndGet();
                        return attributes;
                    }

                    @Override
                    public void transportTerminated(Attributes attributes) {
                        transports.decrementAndGet();
                    }
                })
                .build()
                .start();
        port = server.getPort();
    }

    String address() {
        return "127.0.0.1:" + port;
    }

    @Override
    public StreamObserver<WriteRequest> streamWrite(StreamObserver<WriteReply> answer) {
        ServerCallStreamObserver<WriteReply> call = (ServerCallStreamObserver<WriteReply>) answer;
        call.disableAutoRequest();
        call.request(1);
        return new FakeUpload(this, call);
    }

    @Override
    public void streamRead(ReadRequest request, StreamObserver<ReadReply> answer) {
        reads.add(request);
        if (silent) {
            return;
        }
        FakeStore.Stored file = found(request.getName(), request.getVersion(), answer);
        if (file != null) {
            new FakeDownload(this, (ServerCallStreamObserver<ReadReply>) answer, request, file);
        }
    }

    @Override
    public void stat(StatRequest request, StreamObserver<StatReply> answer) {
        FakeStore.Stored file = found(request.getName(), request.getVersion(), answer);
        if (file != null) {
            answer.onNext(StatReply.newBuilder()
                    .setFile(file.info())
                    .setAnswered(org.craq.wire.v1.Answered.newBuilder().setNodeId("n1"))
                    .build());
            answer.onCompleted();
        }
    }

    @Override
    public void listVersions(ListVersionsRequest request, StreamObserver<ListVersionsReply> answer) {
        List<VersionInfo> all = store.versions(request.getName());
        int from = request.getCursor().isEmpty() ? 0 : Integer.parseInt(request.getCursor());
        if (all.isEmpty()) {
            answer.onError(refusal(ErrorCode.NOT_FOUND));
            return;
        }
        int to = Math.min(from + 2, all.size());
        answer.onNext(ListVersionsReply.newBuilder()
                .addAllVersions(all.subList(from, to))
                .setNextCursor(to < all.size() ? Integer.toString(to) : "")
                .build());
        answer.onCompleted();
    }

    /** Supports the delimiter / only. */
    @Override
    public void listFiles(ListFilesRequest request, StreamObserver<ListFilesReply> answer) {
        if (request.getDelimiter().equals("/")) {
            int begin = request.getPrefix().length();
            ListFilesReply.Builder reply = ListFilesReply.newBuilder();
            TreeSet<String> groups = new TreeSet<>();
            for (FileInfo file : store.list(request.getPrefix())) {
                int slash = file.getName().indexOf('/', begin);
                if (slash < 0) {
                    reply.addFiles(file);
                } else {
                    groups.add(file.getName().substring(0, slash + 1));
                }
            }
            answer.onNext(reply.addAllPrefixes(groups).build());
            answer.onCompleted();
            return;
        }
        List<FileInfo> after = store.list(request.getPrefix()).stream()
                .filter(file -> file.getName().compareTo(request.getCursor()) > 0)
                .toList();
        // Pages are small, whatever limit was requested: a page may be shorter than its limit.
        List<FileInfo> page = after.subList(0, Math.min(2, after.size()));
        answer.onNext(ListFilesReply.newBuilder()
                .addAllFiles(page)
                .setNextCursor(
                        after.size() > page.size() ? page.get(page.size() - 1).getName() : "")
                .build());
        answer.onCompleted();
    }

    @Override
    public void delete(DeleteRequest request, StreamObserver<Receipt> answer) {
        Receipt receipt = store.delete(request.getName(), request.getWriteId());
        if (receipt == null) {
            answer.onError(refusal(ErrorCode.NOT_FOUND));
        } else if (losesReceipt()) {
            answer.onError(Status.UNAVAILABLE.withDescription("scripted loss").asRuntimeException());
        } else {
            answer.onNext(receipt);
            answer.onCompleted();
        }
    }

    /** Supports copies and moves of the newest version, and deletions; ignores conditions. */
    @Override
    public void change(ChangeRequest request, StreamObserver<ChangeReply> answer) {
        changes.add(request);
        List<Receipt> receipts = store.change(request);
        if (receipts.isEmpty()) {
            answer.onError(refusal(ErrorCode.NOT_FOUND));
        } else if (losesReceipt()) {
            answer.onError(Status.UNAVAILABLE.withDescription("scripted loss").asRuntimeException());
        } else {
            answer.onNext(ChangeReply.newBuilder().addAllReceipts(receipts).build());
            answer.onCompleted();
        }
    }

    boolean losesReceipt() {
        boolean loses = receiptsToLose.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
        if (loses) {
            beforeLoss.run();
        }
        return loses;
    }

    private FakeStore.Stored found(String name, org.craq.wire.v1.Version version, StreamObserver<?> answer) {
        ErrorCode refusal = refusals.poll();
        FakeStore.Stored file = store.find(name, version);
        if (refusal != null || file == null) {
            answer.onError(refusal(refusal != null ? refusal : ErrorCode.NOT_FOUND));
            return null;
        }
        return file;
    }

    private static RuntimeException refusal(ErrorCode code) {
        return Errors.toGrpc(new CraqException(code, "scripted " + code), UUID.randomUUID());
    }

    @Override
    public void close() {
        server.shutdownNow();
    }
}
