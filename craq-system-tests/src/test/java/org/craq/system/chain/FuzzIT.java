package org.craq.system.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.craq.client.MemberInfo;
import org.craq.wire.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Random requests at both doors of every node. Whatever comes, nothing is the server's fault, every request ends, nothing stays open, and
 * the chain serves on. {@code -Dcraq.fuzz.seed} repeats a run or makes another, {@code -Dcraq.fuzz.seconds} a longer one.
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
    /** Pools of the server and of the node that grow when they are needed. */
    private static final int MORE_THREADS = 60;

    private final TestChain chain;
    private Map<String, Double> before;

    FuzzIT(TestChain chain) {
        this.chain = chain;
    }

    @BeforeEach
    void look() {
        before = faultsAndThreads();
    }

    /** Faults of the server, and its threads, by node. */
    private Map<String, Double> faultsAndThreads() {
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

    private static boolean watched(String line) {
        return line.startsWith("jvm_threads_current")
                || (line.startsWith("craq_refused_total") && line.contains("\"INTERNAL\""));
    }

    @Test
    void whateverComesByHttpIsAnswered() throws IOException {
        Random random = new Random(SEED);
        Tus head = new Tus(chain.rest(), chain.headUrl());
        String upload = Tus.path(head.create("fuzz/upload", 5));
        chain.client().put("fuzz/a", new ByteArrayInputStream(new byte[9]));
        RandomRequests requests =
                new RandomRequests(random, List.of(upload, upload, "/v1/files/fuzz/a", "/v1/files/fuzz/a"));
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
            // It would prove nothing if nothing got far.
            assertThat(answers.keySet()).contains(200, 201, 204, 206, 400, 404, 405, 409, 412);
        }
    }

    /** Sends a request and nothing more; 0 when the server ends the connection without an answer. */
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
            // Reset: the server did not want to read it to its end.
            return 0;
        }
    }

    @Test
    void whateverIsCalledIsAnswered() throws Exception {
        Random random = new Random(SEED);
        RandomCalls calls = new RandomCalls(random);
        List<MemberInfo> members = chain.client().chain().members();
        Map<Status.Code, Integer> ends = new TreeMap<>();
        long end = System.nanoTime() + NANOS;
        for (int i = 0; i < REQUESTS && System.nanoTime() < end; i++) {
            RandomCalls.End call = calls.next(chain.channel(members.get(random.nextInt(members.size()))))
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
                // Ended by the node before it had read all.
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
            if (what.contains("threads")) {
                assertThat(after.get(what)).as(what).isLessThan(value + MORE_THREADS);
            } else {
                assertThat(after.get(what)).as(what).isEqualTo(value);
            }
        });
        byte[] content = RandomBytes.array(SEED, 3_000_000);
        chain.client().put("fuzz/afterwards", new ByteArrayInputStream(content));
        for (String url : chain.members().values()) {
            assertThat(Digest.of(
                            chain.rest().get(Rest.file(url, "fuzz/afterwards")).body()))
                    .isEqualTo(Digest.of(content));
        }
    }
}
