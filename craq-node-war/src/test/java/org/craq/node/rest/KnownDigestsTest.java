package org.craq.node.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.craq.core.chain.Epoch;
import org.craq.core.chain.Seq;
import org.craq.core.file.Body;
import org.craq.core.file.Content;
import org.craq.core.file.ContentId;
import org.craq.core.file.FileName;
import org.craq.core.file.Version;
import org.craq.node.metadata.FileRecord;
import org.junit.jupiter.api.Test;

class KnownDigestsTest {
    private static final int LONG = 2 << 20;
    private static final String SHA_256_OF_ABC = "sha-256=:ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=:";

    private final KnownDigests digests = new KnownDigests();
    private final AtomicInteger reads = new AtomicInteger();

    private static FileRecord file(int seq, int length) {
        Content content = new Content(new ContentId(UUID.randomUUID()), Content.MAX_CHUNK_SIZE, length, 7);
        return new FileRecord(
                new FileName("file"),
                new Version(new Epoch(1), new Seq(seq)),
                UUID.randomUUID(),
                Optional.of(Body.of(content)),
                "",
                Map.of(),
                0,
                false);
    }

    private static BodyDigests wanted(String algorithms) {
        return BodyDigests.of("", "", algorithms);
    }

    private void abc(Body body, Consumer<ByteBuffer> sink) {
        reads.incrementAndGet();
        sink.accept(ByteBuffer.wrap("a".getBytes(StandardCharsets.US_ASCII)));
        sink.accept(ByteBuffer.wrap("bc".getBytes(StandardCharsets.US_ASCII)));
    }

    @Test
    void aDigestIsOfAllBytesAndIsComputedOnce() {
        FileRecord file = file(1, 3);
        assertThat(digests.header(file, wanted("sha-256=1"), this::abc)).isEqualTo(SHA_256_OF_ABC);
        assertThat(digests.header(file, wanted("sha-256=1"), this::abc)).isEqualTo(SHA_256_OF_ABC);
        assertThat(reads).hasValue(1);
    }

    @Test
    void versionsAndAlgorithmsAreToldApart() {
        FileRecord file = file(1, 3);
        digests.header(file, wanted("sha-256=1"), this::abc);
        assertThat(digests.header(file, wanted("sha-512=1"), this::abc)).startsWith("sha-512=:3a81oZNherrMQXNJ");
        assertThat(digests.header(file(2, 3), wanted("sha-256=1"), (body, sink) -> {}))
                .isEqualTo("sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:");
        assertThat(reads).hasValue(2);
    }

    /** Starts to compute the digest of a file, whose bytes come when the latch opens. */
    private FutureTask<String> begin(FileRecord file, AtomicInteger reading, CountDownLatch go) {
        FutureTask<String> task = new FutureTask<>(() -> digests.header(file, wanted("sha-256=1"), (body, sink) -> {
            reading.incrementAndGet();
            pause(go);
            abc(body, sink);
        }));
        new Thread(task).start();
        return task;
    }

    @Test
    void twoLongFilesAreReadAtOnceAndACallerThatWaitedForOneDoesNotReadItAgain() throws Exception {
        AtomicInteger reading = new AtomicInteger();
        CountDownLatch first = new CountDownLatch(1);
        CountDownLatch second = new CountDownLatch(1);
        FileRecord file = file(1, LONG);
        FutureTask<String> one = begin(file, reading, first);
        FutureTask<String> two = begin(file(2, LONG), reading, second);
        await().until(() -> reading.get() == 2);
        FutureTask<String> again = begin(file, reading, first);
        first.countDown();
        assertThat(one.get(10, TimeUnit.SECONDS)).isEqualTo(SHA_256_OF_ABC);
        assertThat(again.get(10, TimeUnit.SECONDS)).isEqualTo(SHA_256_OF_ABC);
        second.countDown();
        assertThat(two.get(10, TimeUnit.SECONDS)).isEqualTo(SHA_256_OF_ABC);
        assertThat(reads).hasValue(2);
    }

    private static void pause(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
