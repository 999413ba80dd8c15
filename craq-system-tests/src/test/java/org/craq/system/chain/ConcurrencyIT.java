package org.craq.system.chain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.craq.client.FileInfo;
import org.craq.client.FileVersion;
import org.craq.client.GetOptions;
import org.craq.client.Receipt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Many clients use few files on all nodes: every read is complete, and no client sees time go backwards. */
@ExtendWith(ChainExtension.class)
class ConcurrencyIT {
    private static final int WRITERS = 8;
    private static final int READERS = 8;
    private static final Duration LENGTH = Duration.ofSeconds(10);
    private static final List<String> FILES = List.of("busy/a", "busy/b", "busy/c");
    private static final int LARGEST = 3 << 19;

    private final TestChain chain;
    private final VersionHistory history = new VersionHistory();

    ConcurrencyIT(TestChain chain) {
        this.chain = chain;
    }

    @Test
    void strongReadsOfAllNodesAreWholeAndNeverGoBack() throws Exception {
        for (String name : FILES) {
            write(name, RandomBytes.array(name.hashCode(), 1000));
        }
        long deadline = System.nanoTime() + LENGTH.toNanos();
        ExecutorService threads = Executors.newFixedThreadPool(WRITERS + READERS);
        try {
            List<Callable<Void>> clients = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                SplittableRandom random = new SplittableRandom(100 + i);
                clients.add(() -> repeat(deadline, () -> write(pick(FILES, random), content(random))));
            }
            for (int i = 0; i < READERS; i++) {
                SplittableRandom random = new SplittableRandom(200 + i);
                boolean byRest = i % 2 == 0;
                clients.add(() -> repeat(deadline, () -> {
                    if (byRest) {
                        readByRest(pick(FILES, random), pick(TestChain.NODES, random));
                    } else {
                        readByGrpc(pick(FILES, random), pick(TestChain.NODES, random));
                    }
                }));
            }
            for (Future<Void> client : threads.invokeAll(clients)) {
                finish(client);
            }
        } finally {
            threads.shutdownNow();
        }
        System.out.printf("%d writes, %d reads in %d s%n", history.writes(), history.reads(), LENGTH.toSeconds());
        history.check();
        assertThat(history.writes()).isGreaterThan(WRITERS);
        assertThat(history.reads()).isGreaterThan(READERS);
    }

    private static void finish(Future<Void> client) throws InterruptedException {
        try {
            client.get();
        } catch (ExecutionException e) {
            throw new AssertionError("a client failed", e.getCause());
        }
    }

    private interface Step {
        void run() throws IOException;
    }

    private static Void repeat(long deadline, Step step) throws IOException {
        while (System.nanoTime() < deadline) {
            step.run();
        }
        return null;
    }

    private static <T> T pick(List<T> values, SplittableRandom random) {
        return values.get(random.nextInt(values.size()));
    }

    /**
     * Returns mostly small contents, for a high rate; some have more than one chunk, so that a torn read would be
     * visible.
     */
    private static byte[] content(SplittableRandom random) {
        byte[] content = new byte[random.nextInt(8) == 0 ? random.nextInt(LARGEST) + 8 : random.nextInt(5000) + 8];
        random.nextBytes(content);
        return content;
    }

    private void write(String name, byte[] content) throws IOException {
        String digest = Digest.of(content);
        history.writing(name, digest);
        long begin = System.nanoTime();
        Receipt receipt = chain.client().put(name, new ByteArrayInputStream(content));
        record(true, name, begin, receipt.version(), digest, "head");
    }

    private void readByGrpc(String name, String node) throws IOException {
        ByteArrayOutputStream target = new ByteArrayOutputStream();
        long begin = System.nanoTime();
        FileInfo info = chain.client().get(name, target, GetOptions.defaults().withNode(node));
        record(false, name, begin, info.version(), Digest.of(target.toByteArray()), node + " by gRPC");
    }

    private void readByRest(String name, String node) {
        long begin = System.nanoTime();
        Rest.Answer answer = chain.rest().get(Rest.file(chain.cluster().nodeUrl(node), name));
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        FileVersion version = FileVersion.parse(answer.header("X-Craq-Version"));
        record(false, name, begin, version, Digest.of(answer.body()), node + " by REST");
    }

    private void record(boolean write, String name, long begin, FileVersion version, String digest, String where) {
        history.happened(new VersionHistory.Event(write, name, begin, System.nanoTime(), version.seq(), digest, where));
    }
}
