package org.craq.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.craq.wire.v1.ChangeReply;
import org.craq.wire.v1.ChangeRequest;
import org.craq.wire.v1.CopyStep;
import org.craq.wire.v1.EpochStart;
import org.craq.wire.v1.Fragment;
import org.craq.wire.v1.FromPredecessor;
import org.craq.wire.v1.FromSuccessor;
import org.craq.wire.v1.HeartbeatReply;
import org.craq.wire.v1.HeartbeatRequest;
import org.craq.wire.v1.Hello;
import org.craq.wire.v1.Labels;
import org.craq.wire.v1.ManagerGrpc;
import org.craq.wire.v1.NodeGrpc;
import org.craq.wire.v1.ReplicaReport;
import org.craq.wire.v1.ReplicationGrpc;
import org.craq.wire.v1.Step;
import org.craq.wire.v1.WriteReply;
import org.craq.wire.v1.WriteRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Requests are checked before they are parsed, and an invalid request ends only its own call. */
class CheckedRequestsTest {
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<String> events = Collections.synchronizedList(new ArrayList<>());
    private GrpcServer server;
    private ManagedChannel channel;

    @BeforeEach
    void start() throws IOException {
        server = new GrpcServer(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                Executors.defaultThreadFactory(),
                1,
                threads,
                method -> threads,
                new ErrorInterceptor((method, code) -> {}),
                Optional.empty(),
                Optional.empty(),
                List.of(new Managers(), new Nodes(), new Members()));
        channel = NettyChannelBuilder.forAddress("127.0.0.1", server.port())
                .usePlaintext()
                .build();
    }

    @AfterEach
    void stop() {
        channel.shutdownNow();
        server.close();
        threads.shutdownNow();
    }

    private final class Managers extends ManagerGrpc.ManagerImplBase {
        @Override
        public void heartbeat(HeartbeatRequest request, StreamObserver<HeartbeatReply> answers) {
            events.add("heartbeat with " + request.getReplicasCount());
            answers.onNext(HeartbeatReply.getDefaultInstance());
            answers.onCompleted();
        }
    }

    private final class Nodes extends NodeGrpc.NodeImplBase {
        @Override
        public void change(ChangeRequest request, StreamObserver<ChangeReply> answers) {
            events.add("change with " + request.getStepsCount());
            answers.onNext(ChangeReply.getDefaultInstance());
            answers.onCompleted();
        }

        @Override
        public StreamObserver<WriteRequest> streamWrite(StreamObserver<WriteReply> answers) {
            return new Noted<>("write", answers);
        }
    }

    private final class Members extends ReplicationGrpc.ReplicationImplBase {
        @Override
        public StreamObserver<FromSuccessor> replicate(StreamObserver<FromPredecessor> answers) {
            return new Noted<>("replicate", answers);
        }
    }

    private final class Noted<Q> implements StreamObserver<Q> {
        private final String name;
        private final StreamObserver<?> answers;

        Noted(String name, StreamObserver<?> answers) {
            this.name = name;
            this.answers = answers;
        }

        @Override
        public void onNext(Q message) {
            events.add(name + " message");
        }

        @Override
        public void onError(Throwable failure) {
            events.add(name + " cancelled");
        }

        @Override
        public void onCompleted() {
            events.add(name + " completed");
            answers.onCompleted();
        }
    }

    @Test
    void oneMessageOfTinyReportsDoesNotFillTheHeap() throws Exception {
        byte[] report = HeartbeatRequest.newBuilder()
                .addReplicas(ReplicaReport.newBuilder().setChainId("a"))
                .build()
                .toByteArray();
        Status status = call(ManagerGrpc.getHeartbeatMethod(), repeated(report, 200_000));
        assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(call(ManagerGrpc.getHeartbeatMethod(), repeated(report, 10_000))
                        .getCode())
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(call(NodeGrpc.getChangeMethod(), repeated(new byte[] {0x12, 0}, 500_000))
                        .getCode())
                .as("empty steps")
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
        // No message has fields 4096 or 2048.
        assertThat(call(ManagerGrpc.getHeartbeatMethod(), repeated(new byte[] {(byte) 0x80, (byte) 0x80, 2, 1}, 16_000))
                        .getCode())
                .as("unknown fields")
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(call(ManagerGrpc.getHeartbeatMethod(), repeated(new byte[] {0x0b, 0x0c}, 16_000))
                        .getCode())
                .as("groups")
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(call(HealthGrpc.getCheckMethod(), repeated(new byte[] {(byte) 0x80, (byte) 0x80, 2, 1}, 16_000))
                        .getCode())
                .as("of any service")
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(call(HealthGrpc.getCheckMethod(), new byte[0])).isEqualTo(Status.OK);
        assertThat(events).isEmpty();
    }

    @Test
    void aMessageThatIsLongerThanAnyRequestEndsItsCall() throws Exception {
        Status status = call(ManagerGrpc.getHeartbeatMethod(), new byte[4 << 20]);
        assertThat(status.getCode()).isIn(Status.Code.RESOURCE_EXHAUSTED, Status.Code.INVALID_ARGUMENT);
        assertThat(call(ManagerGrpc.getHeartbeatMethod(), new byte[0])).isEqualTo(Status.OK);
    }

    @Test
    void whatMayBeLongIsTaken() throws Exception {
        HeartbeatRequest reports = HeartbeatRequest.newBuilder()
                .addAllReplicas(Collections.nCopies(
                        64,
                        ReplicaReport.newBuilder().setChainId("c").setEpoch(1).build()))
                .build();
        assertThat(call(ManagerGrpc.getHeartbeatMethod(), reports.toByteArray()))
                .isEqualTo(Status.OK);

        Labels.Builder labels = Labels.newBuilder().setContentType("text/plain");
        for (int i = 0; i < 64; i++) {
            labels.putUserMetadata("key-" + i, "v".repeat(100));
        }
        Step step = Step.newBuilder()
                .setCopy(CopyStep.newBuilder()
                        .setSource("s".repeat(1024))
                        .setName("n".repeat(1024))
                        .setLabels(labels))
                .build();
        ChangeRequest change = ChangeRequest.newBuilder()
                .addAllSteps(Collections.nCopies(100, step))
                .build();
        assertThat(call(NodeGrpc.getChangeMethod(), change.toByteArray())).isEqualTo(Status.OK);

        WriteRequest fragment = WriteRequest.newBuilder()
                .setFragment(Fragment.newBuilder().setData(ByteString.copyFrom(new byte[1 << 20])))
                .build();
        assertThat(call(NodeGrpc.getStreamWriteMethod(), fragment.toByteArray()))
                .isEqualTo(Status.OK);

        Hello.Builder hello = Hello.newBuilder();
        for (int i = 1; i <= 60_000; i++) {
            hello.addEpochs(EpochStart.newBuilder().setEpoch(i).setFirstSeq(1000L * i));
        }
        assertThat(call(
                        ReplicationGrpc.getReplicateMethod(),
                        FromSuccessor.newBuilder().setHello(hello).build().toByteArray()))
                .as("the epochs of many years")
                .isEqualTo(Status.OK);
        assertThat(events)
                .containsExactly(
                        "heartbeat with 64",
                        "change with 100",
                        "write message",
                        "write completed",
                        "replicate message",
                        "replicate completed");
    }

    @Test
    void whatIsNoMessageEndsItsCallAndTheServiceHearsOfIt() throws Exception {
        Status status = call(NodeGrpc.getStreamWriteMethod(), new byte[] {0x0a, 0x7f, 1});
        assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(status.getDescription()).doesNotContain("com.google");
        // The client may read the answer before the service hears of the end.
        await().untilAsserted(() -> assertThat(events).containsExactly("write cancelled"));
        assertThat(call(ManagerGrpc.getHeartbeatMethod(), new byte[] {0x0a, 1, (byte) 0xff})
                        .getCode())
                .as("no UTF-8")
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    private static byte[] repeated(byte[] part, int times) {
        ByteArrayOutputStream all = new ByteArrayOutputStream(part.length * times);
        for (int i = 0; i < times; i++) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private Status call(MethodDescriptor<?, ?> method, byte[] message) throws Exception {
        return call(channel, method, message).get(20, TimeUnit.SECONDS);
    }

    private static CompletableFuture<Status> call(Channel channel, MethodDescriptor<?, ?> method, byte[] message) {
        ClientCall<byte[], byte[]> call =
                channel.newCall(method.toBuilder(new Bytes(), new Bytes()).build(), CallOptions.DEFAULT);
        CompletableFuture<Status> end = new CompletableFuture<>();
        call.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onClose(Status status, Metadata trailers) {
                        end.complete(status);
                    }
                },
                new Metadata());
        call.request(10);
        call.sendMessage(message);
        call.halfClose();
        return end;
    }

    /** Passes messages on as they are. */
    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
