package org.craq.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.craq.wire.tls.TestCertificates;
import org.craq.wire.tls.TlsCredentials;
import org.craq.wire.tls.TlsFiles;
import org.craq.wire.v1.Chunk;
import org.craq.wire.v1.Envelope;
import org.craq.wire.v1.FetchRequest;
import org.craq.wire.v1.FromPredecessor;
import org.craq.wire.v1.FromSuccessor;
import org.craq.wire.v1.HeartbeatReply;
import org.craq.wire.v1.HeartbeatRequest;
import org.craq.wire.v1.Hello;
import org.craq.wire.v1.ManagerGrpc;
import org.craq.wire.v1.RegisterNodeRequest;
import org.craq.wire.v1.ReplicationGrpc;
import org.craq.wire.v1.RouteReply;
import org.craq.wire.v1.RouteRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real connections: who may make the calls of nodes, and whom a node speaks to. */
class NodeCallsTest {
    private static final String NODE = "spiffe://craq/c/node/";
    private static final String MANAGER = "spiffe://craq/c/manager/m1";

    private final TestCertificates authority = new TestCertificates("ca");
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<ManagedChannel> channels = new ArrayList<>();
    private TlsFiles serverFiles;
    private TlsCredentials serverCredentials;
    private GrpcServer server;

    @TempDir
    private Path folder;

    @BeforeEach
    void start() throws IOException {
        serverFiles = authority.issue(folder.resolve("server"), MANAGER);
        serverCredentials = TlsCredentials.load(serverFiles);
        server = new GrpcServer(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                Executors.defaultThreadFactory(),
                1,
                threads,
                method -> threads,
                new ErrorInterceptor((method, code) -> {}),
                Optional.of(serverCredentials),
                Optional.empty(),
                List.of(new Managers(), new Members()));
        server.serving(true);
    }

    @AfterEach
    void stop() {
        channels.forEach(ManagedChannel::shutdownNow);
        server.close();
        threads.shutdownNow();
    }

    private static final class Managers extends ManagerGrpc.ManagerImplBase {
        @Override
        public void registerNode(RegisterNodeRequest request, StreamObserver<HeartbeatReply> answers) {
            answers.onNext(HeartbeatReply.getDefaultInstance());
            answers.onCompleted();
        }

        @Override
        public void heartbeat(HeartbeatRequest request, StreamObserver<HeartbeatReply> answers) {
            registerNode(null, answers);
        }

        @Override
        public void getWriteHead(RouteRequest request, StreamObserver<RouteReply> answers) {
            answers.onNext(RouteReply.getDefaultInstance());
            answers.onCompleted();
        }
    }

    private static final class Members extends ReplicationGrpc.ReplicationImplBase {
        @Override
        public StreamObserver<FromSuccessor> replicate(StreamObserver<FromPredecessor> answers) {
            return new StreamObserver<>() {
                @Override
                public void onNext(FromSuccessor step) {
                    answers.onNext(FromPredecessor.getDefaultInstance());
                    answers.onCompleted();
                }

                @Override
                public void onError(Throwable failure) {}

                @Override
                public void onCompleted() {}
            };
        }

        @Override
        public void fetch(FetchRequest request, StreamObserver<Chunk> answers) {
            answers.onNext(Chunk.getDefaultInstance());
            answers.onCompleted();
        }
    }

    private ManagedChannel channel(SslContext context) {
        ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", server.port())
                .sslContext(context)
                .build();
        channels.add(channel);
        return channel;
    }

    private TlsCredentials credentials(String name, String... uris) {
        return TlsCredentials.load(authority.issue(folder.resolve(name), uris));
    }

    private ManagedChannel as(String id) {
        return channel(credentials(id, NODE + id).toManager());
    }

    private static void heartbeat(ManagedChannel channel, String id) {
        var unused = ManagerGrpc.newBlockingStub(channel)
                .withDeadlineAfter(10, TimeUnit.SECONDS)
                .heartbeat(HeartbeatRequest.newBuilder().setNodeId(id).build());
    }

    private static void register(ManagedChannel channel, String grpcAddress, String httpUrl) {
        var unused = ManagerGrpc.newBlockingStub(channel)
                .withDeadlineAfter(10, TimeUnit.SECONDS)
                .registerNode(RegisterNodeRequest.newBuilder()
                        .setNodeId("n1")
                        .setGrpcAddress(grpcAddress)
                        .setHttpUrl(httpUrl)
                        .build());
    }

    private static void refused(ErrorCode code, String reason, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(Errors.fromGrpc(e).code()).isEqualTo(code))
                .hasMessageContaining(reason);
    }

    @Test
    void aNodeSpeaksInItsOwnNameOnly() {
        ManagedChannel n1 = as("n1");
        assertThatCode(() -> heartbeat(n1, "n1")).doesNotThrowAnyException();
        refused(ErrorCode.PERMISSION_DENIED, "must not speak as node 'n2'", () -> heartbeat(n1, "n2"));
        FetchRequest fetch = FetchRequest.newBuilder()
                .setEnvelope(Envelope.newBuilder().setFrom("n2"))
                .build();
        refused(ErrorCode.PERMISSION_DENIED, "must not speak as node 'n2'", () -> ReplicationGrpc.newBlockingStub(n1)
                .fetch(fetch)
                .next());
        refused(ErrorCode.PERMISSION_DENIED, "must not speak as node 'n2'", () -> replicate(n1, "n2"));
        assertThatCode(() -> replicate(n1, "n1")).doesNotThrowAnyException();
    }

    private static void replicate(ManagedChannel channel, String from) throws Exception {
        CompletableFuture<Void> end = new CompletableFuture<>();
        StreamObserver<FromSuccessor> steps = ReplicationGrpc.newStub(channel).replicate(new StreamObserver<>() {
            @Override
            public void onNext(FromPredecessor answer) {}

            @Override
            public void onError(Throwable failure) {
                end.completeExceptionally(failure);
            }

            @Override
            public void onCompleted() {
                end.complete(null);
            }
        });
        steps.onNext(FromSuccessor.newBuilder()
                .setHello(Hello.newBuilder().setEnvelope(Envelope.newBuilder().setFrom(from)))
                .build());
        try {
            end.get(10, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw (Exception) e.getCause();
        }
    }

    @Test
    void usersAndManagersAndThoseWithoutCertificateMakeNoCallsOfNodes() throws IOException {
        refused(
                ErrorCode.PERMISSION_DENIED,
                "not for user n1",
                () -> heartbeat(
                        channel(credentials("u", "spiffe://craq/c/user/n1").toManager()), "n1"));
        refused(
                ErrorCode.PERMISSION_DENIED,
                "not for manager n1",
                () -> heartbeat(
                        channel(credentials("m", "spiffe://craq/c/manager/n1").toManager()), "n1"));
        ManagedChannel anonymous = channel(GrpcSslContexts.forClient()
                .trustManager(serverFiles.authorities().toFile())
                .build());
        refused(ErrorCode.UNAUTHENTICATED, "needs the certificate of a node", () -> heartbeat(anonymous, "n1"));
        assertThatCode(() -> ManagerGrpc.newBlockingStub(anonymous).getWriteHead(RouteRequest.getDefaultInstance()))
                .as("calls of users need no certificate")
                .doesNotThrowAnyException();
        assertThat(HealthGrpc.newBlockingStub(anonymous)
                        .check(HealthCheckRequest.getDefaultInstance())
                        .getStatusValue())
                .isEqualTo(1);
    }

    @Test
    void certificatesOfOtherClustersAuthoritiesAndFormsEndTheConnection() throws IOException {
        TlsCredentials stranger = credentials("other", "spiffe://craq/other/node/n1");
        // Trusts the server, so that only the server's rule is asked.
        ManagedChannel foreign = channel(GrpcSslContexts.forClient()
                .trustManager(serverFiles.authorities().toFile())
                .keyManager(
                        folder.resolve("other/node.crt").toFile(),
                        folder.resolve("other/node.key").toFile())
                .build());
        assertThatThrownBy(() -> heartbeat(foreign, "n1")).hasMessageContaining("UNAVAILABLE");
        assertThatThrownBy(() -> heartbeat(channel(stranger.toManager()), "n1"))
                .hasRootCauseMessage("connected to manager m1 of cluster c in place of a manager of cluster other");

        TestCertificates alien = new TestCertificates("ca");
        TlsFiles files = alien.issue(folder.resolve("alien"), NODE + "n1");
        ManagedChannel forged = channel(GrpcSslContexts.forClient()
                .trustManager(serverFiles.authorities().toFile())
                .keyManager(files.certificate().toFile(), files.key().toFile())
                .build());
        assertThatThrownBy(() -> heartbeat(forged, "n1")).hasMessageContaining("UNAVAILABLE");

        TlsFiles two = authority.issue(folder.resolve("two"), NODE + "n1", NODE + "n2");
        ManagedChannel doubled = channel(GrpcSslContexts.forClient()
                .trustManager(serverFiles.authorities().toFile())
                .keyManager(two.certificate().toFile(), two.key().toFile())
                .build());
        assertThatThrownBy(() -> heartbeat(doubled, "n1")).hasMessageContaining("UNAVAILABLE");
    }

    @Test
    void aNodeSpeaksOnlyToWhomItMeans() {
        TlsCredentials n1 = credentials("n1", NODE + "n1");
        assertThatThrownBy(() -> heartbeat(channel(n1.toNode("n2")), "n1"))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE))
                .hasRootCauseMessage("connected to manager m1 of cluster c in place of node n2 of cluster c");
    }

    @Test
    void aNodeRegistersOnlyAddressesThatItsCertificateNames() {
        ManagedChannel n1 = as("n1");
        assertThatCode(() -> register(n1, "127.0.0.1:8001", "https://n1.EXAMPLE:8443/craq"))
                .doesNotThrowAnyException();
        refused(
                ErrorCode.PERMISSION_DENIED,
                "must not register the address 10.0.0.1:8001",
                () -> register(n1, "10.0.0.1:8001", "https://127.0.0.1"));
        refused(
                ErrorCode.PERMISSION_DENIED,
                "craq certs node n1 HOST",
                () -> register(n1, "127.0.0.1:8001", "http://evil.example"));
        refused(ErrorCode.INVALID_ARGUMENT, "Illegal character", () -> register(n1, "no address", "x"));
        refused(
                ErrorCode.PERMISSION_DENIED,
                "must register an https URL",
                () -> register(n1, "127.0.0.1:8001", "http://127.0.0.1:8080"));
    }

    @Test
    void exchangedCertificatesServeNewConnections() throws IOException {
        ManagedChannel before = as("n1");
        heartbeat(before, "n1");
        TestCertificates next = new TestCertificates("next");
        String both = authority.authority() + next.authority();

        // All trust both authorities, then the certificate is exchanged, then the old authority is dropped.
        Files.writeString(serverFiles.authorities(), both);
        serverCredentials.reload();
        next.issue(folder.resolve("server"), MANAGER);
        Files.writeString(serverFiles.authorities(), both);
        serverCredentials.reload();
        assertThat(serverCredentials.failures()).isZero();
        TlsFiles files = authority.issue(folder.resolve("n2"), NODE + "n2");
        Files.writeString(files.authorities(), both);
        assertThatCode(() -> heartbeat(channel(TlsCredentials.load(files).toManager()), "n2"))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> heartbeat(as("n3"), "n3"))
                .as("knows only the old authority")
                .hasMessageContaining("UNAVAILABLE");
        assertThatCode(() -> heartbeat(before, "n1")).as("an open connection").doesNotThrowAnyException();

        Files.writeString(serverFiles.authorities(), next.authority());
        serverCredentials.reload();
        assertThatThrownBy(() -> heartbeat(channel(TlsCredentials.load(files).toManager()), "n2"))
                .as("has a certificate of the old authority")
                .hasMessageContaining("UNAVAILABLE");
    }
}
