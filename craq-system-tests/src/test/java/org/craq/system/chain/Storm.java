package org.craq.system.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.craq.client.CraqClient;
import org.craq.client.FileInfo;
import org.craq.client.FileVersion;
import org.craq.client.GetOptions;
import org.craq.client.Receipt;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/**
 * Writers and readers that continue whatever happens to the servers: by gRPC and by REST, on a few files, with readers
 * at random nodes. Acknowledged writes and completed reads are recorded in the history. A failure that indicates
 * temporary trouble is tolerated; one that should never happen, such as a file that is not found, makes the storm fail.
 */
final class Storm implements AutoCloseable {
    static final List<String> FILES = List.of("storm/a", "storm/b", "storm/c");
    static final List<String> LARGE_FILES = List.of("storm/large-a", "storm/large-b");

    /** Small enough to be sent again from memory. */
    private static final int LARGE = (3 << 20) - 1000;
    /** Long enough to receive the answers of a frozen node after it resumes. */
    private static final Duration READ_PATIENCE = Duration.ofSeconds(15);

    private static final Duration WRITE_PATIENCE = Duration.ofSeconds(3);
    /** Pause between two operations of one client: two cores have to cope with the restarts of servers as well. */
    private static final long THINK_NANOS = TimeUnit.MILLISECONDS.toNanos(400);

    private static final long THINK_LONG_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final Duration PROGRESS_PATIENCE = Duration.ofMinutes(3);
    private static final long END_SECONDS = 90;

    private final FaultyChain chain;
    private final VersionHistory history;
    private final Ledger ledger;
    private final CraqClient writing;
    private final CraqClient reading;
    private final Rest rest = new Rest(READ_PATIENCE);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    /** Number of successes by kind of client. */
    private final Map<String, AtomicInteger> successes = new ConcurrentSkipListMap<>();

    private final AtomicInteger troubles = new AtomicInteger();
    private volatile boolean over;

    /** One operation of a client, with random numbers that determine it. */
    private interface Step {
        void run(SplittableRandom random) throws IOException;
    }

    /** Starts the clients. */
    Storm(FaultyChain chain, VersionHistory history, Ledger ledger, long seed) {
        this.chain = chain;
        this.history = history;
        this.ledger = ledger;
        writing = chain.newClient(WRITE_PATIENCE);
        reading = chain.newClient(READ_PATIENCE);
        SplittableRandom seeds = new SplittableRandom(seed);
        client("writer", seeds.split(), THINK_NANOS, random -> write(pick(FILES, random), small(random)));
        client("writer", seeds.split(), THINK_NANOS, random -> write(pick(FILES, random), small(random)));
        client("REST writer", seeds.split(), THINK_NANOS, random -> writeByRest(pick(FILES, random), small(random)));
        client("ledger", seeds.split(), THINK_NANOS, random -> ledger.write(writing));
        client(
                "large writer",
                seeds.split(),
                THINK_LONG_NANOS,
                random -> write(pick(LARGE_FILES, random), large(random)));
        client("large reader", seeds.split(), THINK_LONG_NANOS, random -> readAnywhere(pick(LARGE_FILES, random)));
        client("reader", seeds.split(), THINK_NANOS, random -> readAnywhere(pick(FILES, random)));
        for (int i = 0; i < 3; i++) {
            client(
                    "gRPC reader",
                    seeds.split(),
                    THINK_NANOS,
                    random -> read(pick(FILES, random), pick(FaultyChain.NODES, random)));
            client(
                    "REST reader",
                    seeds.split(),
                    THINK_NANOS,
                    random -> readByRest(pick(FILES, random), pick(FaultyChain.NODES, random)));
        }
    }

    /** Writes the files that every reader expects. */
    static void prepare(FaultyChain chain, VersionHistory history) throws IOException {
        List<String> names = new ArrayList<>(FILES);
        names.addAll(LARGE_FILES);
        for (String name : names) {
            byte[] content = RandomBytes.array(name.hashCode(), 1000);
            history.writing(name, Digest.of(content));
            long begin = System.nanoTime();
            Receipt receipt = chain.client().put(name, new ByteArrayInputStream(content));
            history.happened(new VersionHistory.Event(
                    true, name, begin, System.nanoTime(), receipt.version().seq(), Digest.of(content), "head"));
        }
    }

    private void client(String kind, SplittableRandom random, long think, Step step) {
        AtomicInteger done = successes.computeIfAbsent(kind, key -> new AtomicInteger());
        threads.execute(() -> {
            while (!over) {
                try {
                    step.run(random);
                    done.incrementAndGet();
                } catch (CraqException e) {
                    trouble(e, harmless(e.code()));
                } catch (UncheckedIOException e) {
                    trouble(e, true);
                } catch (IOException | RuntimeException | AssertionError e) {
                    trouble(e, false);
                }
                LockSupport.parkNanos(think);
            }
        });
    }

    private void trouble(Throwable failure, boolean harmless) {
        troubles.incrementAndGet();
        if (!harmless && !over) {
            failures.add(failure);
        }
    }

    /** A node that was requested by name may not be a member at the moment. */
    private static boolean harmless(ErrorCode code) {
        return (code.advice().repeatable() && code != ErrorCode.CONTENT_DAMAGED) || code == ErrorCode.INVALID_ARGUMENT;
    }

    /** Lets the clients run for the given time. */
    void blowFor(Duration length) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(length.toNanos());
    }

    /** Returns when every kind of client has completed some further operations. */
    void awaitProgress() {
        Map<String, Integer> aims = new TreeMap<>();
        successes.forEach((kind, done) -> aims.put(kind, done.get() + 2));
        await("more successes than %s".formatted(aims))
                .atMost(PROGRESS_PATIENCE)
                .until(() -> {
                    failIfHarmed();
                    return aims.entrySet().stream()
                            .allMatch(aim -> successes.get(aim.getKey()).get() >= aim.getValue());
                });
    }

    /** Stops the clients. Afterwards there are no more writes. */
    void end() throws InterruptedException {
        over = true;
        threads.shutdown();
        if (!threads.awaitTermination(END_SECONDS, TimeUnit.SECONDS)) {
            threads.shutdownNow();
            throw new AssertionError("clients are still waiting for an answer");
        }
        System.out.printf("storm: %s, %d troubles%n", successes, troubles.get());
        failIfHarmed();
    }

    private void failIfHarmed() {
        Throwable failure = failures.peek();
        if (failure != null) {
            throw new AssertionError("a client had a failure that should never happen", failure);
        }
    }

    private static <T> T pick(List<T> values, SplittableRandom random) {
        return values.get(random.nextInt(values.size()));
    }

    private static byte[] small(SplittableRandom random) {
        return RandomBytes.array(random.nextLong(), 16 + random.nextInt(4000));
    }

    private static byte[] large(SplittableRandom random) {
        return RandomBytes.array(random.nextLong(), LARGE + random.nextInt(1000));
    }

    private void write(String name, byte[] content) throws IOException {
        String digest = Digest.of(content);
        history.writing(name, digest);
        long begin = System.nanoTime();
        Receipt receipt = writing.put(name, new ByteArrayInputStream(content));
        happened(true, name, begin, receipt.version(), digest, "head");
    }

    /** Writes once, without retries: a write that fails may or may not become visible. */
    private void writeByRest(String name, byte[] content) {
        String digest = Digest.of(content);
        String head = chain.cluster().nodeUrl(writing.chain().members().get(0).nodeId());
        history.writing(name, digest);
        long begin = System.nanoTime();
        Rest.Answer answer = rest.put(Rest.file(head, name), content);
        if (answer.status() != 200) {
            throw refused(answer);
        }
        FileVersion version = FileVersion.parse(answer.json().get("version").getAsString());
        happened(true, name, begin, version, digest, "head by REST");
    }

    private void readAnywhere(String name) throws IOException {
        read(name, GetOptions.defaults(), "any node");
    }

    private String read(String name, String node) throws IOException {
        return read(name, GetOptions.defaults().withNode(node), node);
    }

    private String read(String name, GetOptions options, String where) throws IOException {
        ByteArrayOutputStream target = new ByteArrayOutputStream();
        long begin = System.nanoTime();
        FileInfo info = reading.get(name, target, options);
        String digest = Digest.of(target.toByteArray());
        happened(false, name, begin, info.version(), digest, where);
        return info.version() + " " + digest;
    }

    private void readByRest(String name, String node) {
        long begin = System.nanoTime();
        Rest.Answer answer = rest.get(Rest.file(chain.cluster().nodeUrl(node), name));
        if (answer.status() != 200) {
            throw refused(answer);
        }
        FileVersion version = FileVersion.parse(answer.header("X-Craq-Version"));
        happened(false, name, begin, version, Digest.of(answer.body()), node + " by REST");
    }

    /**
     * Converts an answer of the product into its error; any other answer comes from a server that is starting or
     * stopping.
     */
    private static CraqException refused(Rest.Answer answer) {
        boolean problem = answer.header("Content-Type").startsWith("application/problem+json");
        ErrorCode code = problem ? ErrorCode.valueOf(answer.json().get("code").getAsString()) : ErrorCode.NOT_SERVING;
        return new CraqException(code, answer.status() + ": " + answer.text());
    }

    private void happened(boolean write, String name, long begin, FileVersion version, String digest, String where) {
        history.happened(new VersionHistory.Event(write, name, begin, System.nanoTime(), version.seq(), digest, where));
    }

    /** Reads every file on every node, which must agree, after the storm has ended. */
    void checkNodesAgree() throws IOException {
        List<String> names = new ArrayList<>(FILES);
        names.addAll(LARGE_FILES);
        for (String name : names) {
            // A write whose sender has stopped waiting may still complete.
            await().atMost(READ_PATIENCE).untilAsserted(() -> {
                Set<String> found = new HashSet<>();
                for (String node : FaultyChain.NODES) {
                    found.add(read(name, node));
                }
                assertThat(found).as("%s on all nodes", name).hasSize(1);
            });
        }
        for (String node : FaultyChain.NODES) {
            ledger.check(rest, node, chain.cluster().nodeUrl(node));
        }
    }

    @Override
    public void close() {
        over = true;
        threads.shutdownNow();
        writing.close();
        reading.close();
    }
}
