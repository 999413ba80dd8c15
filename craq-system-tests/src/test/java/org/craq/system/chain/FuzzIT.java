package org.craq.system.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.craq.client.MemberInfo;
import org.craq.cluster.ServerStatus;
import org.craq.wire.Errors;
import org.craq.wire.v1.ChainConfiguration;
import org.craq.wire.v1.ChangeRequest;
import org.craq.wire.v1.Envelope;
import org.craq.wire.v1.EpochStart;
import org.craq.wire.v1.FromPredecessor;
import org.craq.wire.v1.FromSuccessor;
import org.craq.wire.v1.HeartbeatRequest;
import org.craq.wire.v1.Hello;
import org.craq.wire.v1.ManagerGrpc;
import org.craq.wire.v1.Member;
import org.craq.wire.v1.NodeGrpc;
import org.craq.wire.v1.ReplicaReport;
import org.craq.wire.v1.ReplicationGrpc;
import org.craq.wire.v1.Step;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Sends random requests to every interface of every node and of the manager. Whatever arrives, there is no internal
 * error, every request ends, nothing stays open, no member leaves the chain, memory is released, no log contains an
 * error of ours, and the chain continues to serve. {@code -Dcraq.fuzz.seed} repeats a run or selects another one,
 * {@code -Dcraq.fuzz.seconds} makes it longer.
 */
@ExtendWith(ChainExtension.class)
@Timeout(600)
class FuzzIT {
    private static final long SEED = Long.getLong("craq.fuzz.seed", 1);
    private static final int REQUESTS = 1_500;
    private static final long NANOS = TimeUnit.SECONDS.toNanos(Long.getLong("craq.fuzz.seconds", 15));
    private static final int PATIENCE_MILLIS = 30_000;
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Set<Status.Code> NO_END = Set.of(Status.Code.DEADLINE_EXCEEDED, Status.Code.UNIMPLEMENTED);
    private static final Set<Status.Code> NO_END_OF_GOOD_MESSAGES =
            Set.of(Status.Code.DEADLINE_EXCEEDED, Status.Code.UNIMPLEMENTED, Status.Code.UNKNOWN);
    /** Allowed growth of the thread pools of the server and of the node. */
    private static final int MORE_THREADS = 60;

    private static final String HEAP = "jvm_memory_used_bytes{area=\"heap\"}";
    /** Allowed growth of the heap: bounded memory for files, and what the server itself keeps. */
    private static final long MORE_HEAP_BYTES = 48 << 20;

    private final TestChain chain;
    private Map<String, Double> before;
    private List<String> lives;
    private final Map<String, Long> logged = new TreeMap<>();

    FuzzIT(TestChain chain) {
        this.chain = chain;
    }

    @BeforeEach
    void look() throws IOException {
        before = faultsAndThreads();
        lives = lives();
        for (ServerStatus server : chain.cluster().status().servers()) {
            logged.put(server.id(), Files.size(server.log()));
        }
    }

    /** Returns the members of the chain and their incarnations. */
    private List<String> lives() {
        return chain.configuration().getMembersList().stream()
                .map(member -> member.getNodeId() + " " + member.getIncarnation())
                .toList();
    }

    /** Returns the number of errors and of threads of each node. */
    private Map<String, Double> faultsAndThreads() {
        collectGarbage();
        Map<String, Double> found = new TreeMap<>();
        chain.members().forEach((node, url) -> chain.rest()
                .get(URI.create(url + "/metrics"))
                .text()
                .lines()
                .filter(FuzzIT::watched)
                .forEach(line -> {
                    int at = line.lastIndexOf(' ');
                    found.put(node + " " + line.substring(0, at), Double.valueOf(line.substring(at + 1)));
                }));
        assertThat(found).hasSizeGreaterThanOrEqualTo(3 * chain.members().size());
        return found;
    }

    /** Returns true for an error of ours; the server itself logs a line for a client that has disconnected. */
    private static boolean tellsOfAFault(String line) {
        return line.contains(" ERROR [org.craq") || (line.startsWith("\tat ") && line.contains("org.craq"));
    }

    private static boolean watched(String line) {
        return line.startsWith("jvm_threads_current")
                || line.startsWith(HEAP)
                || (line.startsWith("craq_refused_total") && line.contains("\"INTERNAL\""));
    }

    /** Collects garbage, so that only retained memory is measured. */
    private void collectGarbage() {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        for (ServerStatus server : chain.cluster().status().servers()) {
            try {
                int end = new ProcessBuilder(
                                jcmd.toString(), server.pid().orElseThrow().toString(), "GC.run")
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor();
                assertThat(end).isZero();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted", e);
            }
        }
    }

    @Test
    void whateverComesByHttpIsAnswered() throws IOException {
        Random random = new Random(SEED);
        Tus head = new Tus(chain.rest(), chain.headUrl());
        String upload = Tus.path(head.create("fuzz/upload", 5));
        chain.client().put("fuzz/a", new ByteArrayInputStream(new byte[9]));
        RandomRequests requests = new RandomRequests(
                random, upload, "/v1/files/fuzz/a", List.of(upload, upload, "/v1/files/fuzz/a", "/v1/files/fuzz/a"));
        List<String> urls = List.copyOf(chain.members().values());
        Map<Integer, Integer> answers = new TreeMap<>();
        long end = System.nanoTime() + NANOS;
        int done = 0;
        for (int i = 0; i < REQUESTS && System.nanoTime() < end; i++) {
            done = i + 1;
            byte[] request = requests.next();
            int status = send(URI.create(urls.get(random.nextInt(urls.size()))), request);
            answers.merge(status, 1, Integer::sum);
            assertThat(status)
                    .as("seed %d, request %d:\n%s", SEED, i, new String(request, StandardCharsets.UTF_8))
                    .isNotIn(500, 502, 504, 507)
                    .isLessThan(600);
        }
        if (done == REQUESTS && SEED == 1) {
            // The test would prove nothing if no request got far.
            assertThat(answers.keySet()).contains(200, 201, 204, 206, 400, 404, 405, 409, 412);
        }
    }

    /** Sends a request and nothing else; returns 0 if the server closes the connection without an answer. */
    private static int send(URI node, byte[] request) throws IOException {
        try (Socket socket = new Socket(node.getHost(), node.getPort())) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.getOutputStream().write(request);
            socket.shutdownOutput();
            byte[] answer = socket.getInputStream().readAllBytes();
            String line = new String(answer, StandardCharsets.ISO_8859_1)
                    .lines()
                    .findFirst()
                    .orElse("");
            assertThat(new String(answer, StandardCharsets.UTF_8)).doesNotContain("org.craq", "\tat ", "SELECT ");
            return line.startsWith("HTTP/1.1 ") ? Integer.parseInt(line.substring(9, 12)) : 0;
        } catch (SocketException e) {
            // The connection was reset, because the server did not read the whole request.
            return 0;
        }
    }

    @Test
    void whateverIsCalledIsAnswered() throws Exception {
        Random random = new Random(SEED);
        RandomCalls toNodes = new RandomCalls(random, RandomCalls.OF_NODES, chain.configuration());
        RandomCalls toManager = new RandomCalls(random, RandomCalls.OF_MANAGERS, chain.configuration());
        List<MemberInfo> members = chain.client().chain().members();
        Map<Status.Code, Integer> ends = new TreeMap<>();
        long end = System.nanoTime() + NANOS;
        for (int i = 0; i < REQUESTS && System.nanoTime() < end; i++) {
            RandomCalls.End call = (random.nextInt(5) == 0
                            ? toManager.next(chain.managerChannel())
                            : toNodes.next(chain.channel(members.get(random.nextInt(members.size())))))
                    .get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
            ends.merge(call.status().getCode(), 1, Integer::sum);
            assertThat(call.status().getCode())
                    .as("seed %d, call %d of %s: %s", SEED, i, call.method(), call.status())
                    .isNotIn(call.garbled() ? NO_END : NO_END_OF_GOOD_MESSAGES);
            String code = call.trailers().get(Errors.CODE);
            assertThat(code == null ? "" : code)
                    .as("seed %d, call %d of %s", SEED, i, call.method())
                    .isNotEqualTo("INTERNAL");
        }
        assertThat(ends.keySet()).contains(Status.Code.OK, Status.Code.INVALID_ARGUMENT, Status.Code.CANCELLED);
    }

    /** Messages with many small fields take a hundred times their size on the heap. */
    @Test
    void messagesOfVeryManyPartsAreRefusedByManagerAndNode() {
        HeartbeatRequest reports = HeartbeatRequest.newBuilder()
                .setNodeId("x")
                .setIncarnation("00000000-0000-0000-0000-000000000001")
                .addAllReplicas(Collections.nCopies(
                        400_000, ReplicaReport.newBuilder().setChainId("a").build()))
                .build();
        ChangeRequest steps = ChangeRequest.newBuilder()
                .addAllSteps(Collections.nCopies(1_000_000, Step.getDefaultInstance()))
                .build();
        for (int i = 0; i < 5; i++) {
            assertThatThrownBy(() ->
                            ManagerGrpc.newBlockingStub(chain.managerChannel()).heartbeat(reports))
                    .isInstanceOf(StatusRuntimeException.class)
                    .hasMessageContaining("INVALID_ARGUMENT");
            assertThatThrownBy(
                            () -> NodeGrpc.newBlockingStub(chain.headChannel()).change(steps))
                    .isInstanceOf(StatusRuntimeException.class)
                    .hasMessageContaining("INVALID_ARGUMENT");
        }
    }

    /**
     * A message as from a neighbour, with the right chain and incarnation of the receiver, and one impossible value.
     */
    @Test
    void aHelloThatCannotBeEndsItsStreamOnly() throws Exception {
        ChainConfiguration now = chain.configuration();
        Member head = now.getMembers(0);
        Envelope envelope = Envelope.newBuilder()
                .setChainId(now.getChainId())
                .setEpoch(now.getEpoch())
                .setFrom(now.getMembers(1).getNodeId())
                .setFromIncarnation(now.getMembers(1).getIncarnation())
                .setToIncarnation(head.getIncarnation())
                .build();
        Hello right = Hello.newBuilder().setEnvelope(envelope).build();
        List<Hello> wrong = List.of(
                Hello.newBuilder(right)
                        .setEnvelope(Envelope.newBuilder(envelope).setFrom(""))
                        .build(),
                Hello.newBuilder(right)
                        .setEnvelope(Envelope.newBuilder(envelope).setFromIncarnation("x"))
                        .build(),
                Hello.newBuilder(right)
                        .setEnvelope(Envelope.newBuilder(envelope).setEpoch(-1))
                        .build(),
                Hello.newBuilder(right).setLastSeq(-1).build(),
                Hello.newBuilder(right).setForgottenSeq(-1).build(),
                Hello.newBuilder(right).setContentPort(70_000).build(),
                Hello.newBuilder(right)
                        .addEpochs(EpochStart.newBuilder().setEpoch(1))
                        .build(),
                Hello.newBuilder(right)
                        .addEpochs(EpochStart.newBuilder().setEpoch(2).setFirstSeq(2))
                        .addEpochs(EpochStart.newBuilder().setEpoch(1).setFirstSeq(3))
                        .build());
        for (Hello hello : wrong) {
            assertThat(ended(FromSuccessor.newBuilder().setHello(hello).build()))
                    .isEqualTo(Status.Code.INVALID_ARGUMENT);
        }
        FromSuccessor greeting = FromSuccessor.newBuilder().setHello(right).build();
        assertThat(ended(greeting, FromSuccessor.newBuilder().setCommitMark(-1).build()))
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(ended(
                        greeting,
                        FromSuccessor.newBuilder().setCommitMark(Long.MAX_VALUE).build()))
                .isEqualTo(Status.Code.ABORTED);
    }

    /** Returns how the head ends a stream that begins with these messages. */
    private Status.Code ended(FromSuccessor... messages) throws Exception {
        CompletableFuture<Status> end = new CompletableFuture<>();
        StreamObserver<FromSuccessor> call = ReplicationGrpc.newStub(chain.headChannel())
                .replicate(new StreamObserver<>() {
                    @Override
                    public void onNext(FromPredecessor message) {}

                    @Override
                    public void onError(Throwable failure) {
                        end.complete(Status.fromThrowable(failure));
                    }

                    @Override
                    public void onCompleted() {
                        end.complete(Status.OK);
                    }
                });
        for (FromSuccessor message : messages) {
            call.onNext(message);
        }
        return end.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS).getCode();
    }

    @Test
    void whateverComesToTheContentPortEnds() throws IOException {
        Random random = new Random(SEED);
        chain.client().put("fuzz/a", new ByteArrayInputStream(new byte[9]));
        long end = System.nanoTime() + NANOS;
        int answered = 0;
        for (int i = 0; i < REQUESTS && System.nanoTime() < end; i++) {
            String node = TestChain.NODES.get(random.nextInt(TestChain.NODES.size()));
            byte[] frames = new RandomFrames(random, node).next();
            int port = chain.status(node).get("contentPort").getAsInt();
            try (Socket socket =
                    new Socket(URI.create(chain.cluster().nodeUrl(node)).getHost(), port)) {
                socket.setSoTimeout(PATIENCE_MILLIS);
                socket.getOutputStream().write(frames);
                socket.shutdownOutput();
                byte[] answer = socket.getInputStream().readAllBytes();
                assertThat(new String(answer, StandardCharsets.UTF_8))
                        .as("seed %d, connection %d", SEED, i)
                        .doesNotContain("org.craq", "\tat ", "SELECT ");
                answered += answer.length > 0 ? 1 : 0;
            } catch (SocketException e) {
                // The node closed the connection before it had read everything.
                assertThat(frames).isNotEmpty();
            }
        }
        assertThat(answered).isGreaterThan(20);
    }

    @AfterEach
    void nothingIsLeftAndTheChainServes() throws IOException {
        await().atMost(PATIENCE).until(() -> TestChain.NODES.stream()
                .allMatch(node -> chain.status(node).get("uploads").getAsInt() == 0));
        Map<String, Double> after = faultsAndThreads();
        before.forEach((what, value) -> {
            if (what.contains(HEAP)) {
                assertThat(after.get(what)).as(what).isLessThan(value + MORE_HEAP_BYTES);
            } else if (what.contains("threads")) {
                assertThat(after.get(what)).as(what).isLessThan(value + MORE_THREADS);
            } else {
                assertThat(after.get(what)).as(what).isEqualTo(value);
            }
        });
        assertThat(lives()).isEqualTo(lives);
        for (ServerStatus server : chain.cluster().status().servers()) {
            try (InputStream log = Files.newInputStream(server.log())) {
                log.skipNBytes(logged.get(server.id()));
                assertThat(new String(log.readAllBytes(), StandardCharsets.UTF_8).lines())
                        .as(server.id() + "'s log")
                        .noneMatch(FuzzIT::tellsOfAFault);
            }
        }
        byte[] content = RandomBytes.array(SEED, 3_000_000);
        chain.client().put("fuzz/afterwards", new ByteArrayInputStream(content));
        for (String url : chain.members().values()) {
            assertThat(Digest.of(
                            chain.rest().get(Rest.file(url, "fuzz/afterwards")).body()))
                    .isEqualTo(Digest.of(content));
        }
    }
}
