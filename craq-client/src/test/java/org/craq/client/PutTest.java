package org.craq.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.v1.WriteHeader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PutTest {
    @TempDir
    private Path folder;

    private FakeCluster cluster;
    private CraqClient client;

    @BeforeEach
    void start() throws IOException {
        cluster = new FakeCluster();
        client = cluster.client().build();
    }

    @AfterEach
    void stop() {
        client.close();
        cluster.close();
        assertThat(cluster.store.breaches).isEmpty();
    }

    @Test
    void anAppendGoesToTheEndOnceHoweverOftenItIsSent() throws IOException {
        byte[] first = Bytes.random(100);
        byte[] second = Bytes.random(2 * Bytes.MIB);
        client.append("log", new ByteArrayInputStream(first), PutOptions.defaults());
        cluster.store.headers.clear();
        cluster.node(1).breakUploadAfter = 2;
        Receipt receipt = client.append("log", Files.write(folder.resolve("more"), second));
        assertThat(cluster.store.headers).hasSize(2).allMatch(WriteHeader::getAppends);
        assertThat(receipt.length()).isEqualTo(first.length + second.length);
        assertThat(cluster.store.content("log"))
                .startsWith(first)
                .endsWith(second)
                .hasSize(first.length + second.length);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, Bytes.MIB - 1, Bytes.MIB, Bytes.MIB + 1, 10 * Bytes.MIB})
    void aFileArrivesWholeWhateverItsSize(int size) throws IOException {
        byte[] content = Bytes.random(size);
        Path file = Files.write(folder.resolve("source"), content);
        Receipt receipt = client.put("sizes/file", file);
        assertThat(cluster.store.content("sizes/file")).isEqualTo(content);
        assertThat(receipt.length()).isEqualTo(size);
        assertThat(receipt.version().epoch()).isEqualTo(FakeStore.EPOCH);
        assertThat(receipt.members()).containsExactly("n1", "n2", "n3");
    }

    @Test
    void aStreamOfUnknownLengthArrivesWholeAlthoughItTricklesIn() throws IOException {
        byte[] content = Bytes.random(3 * Bytes.MIB + 17);
        InputStream trickle = new ByteArrayInputStream(content) {
            @Override
            public int read(byte[] buffer, int offset, int count) {
                return super.read(buffer, offset, Math.min(count, 7_001));
            }
        };
        client.put("stream", trickle);
        assertThat(cluster.store.content("stream")).isEqualTo(content);
    }

    @Test
    void aLongContentWaitsForItsTurnAsLongAsItHearsThatOthersComeFirst() throws IOException {
        byte[] content = Bytes.random(Bytes.MIB);
        cluster.node(1).turnsOfOthers = 4;
        try (CraqClient patient =
                cluster.client().progressTimeout(FakeNode.TURN.multipliedBy(2)).build()) {
            patient.put("later", new ByteArrayInputStream(content));
        }
        assertThat(cluster.store.content("later")).isEqualTo(content);
        assertThat(cluster.store.headers).hasSize(1);
    }

    @Test
    void aWriteIdThatIsMadeUpHereIsCalledYoungerThanTheLastReceiptInEveryTry() throws IOException {
        UUID own = UUID.randomUUID();
        Receipt first = client.put("y", new ByteArrayInputStream(new byte[1]));
        cluster.node(1).breakUploadAfter = 2;
        client.put("y", Files.write(folder.resolve("y"), Bytes.random(3 * Bytes.MIB)));
        client.put(
                "y",
                new ByteArrayInputStream(new byte[1]),
                PutOptions.defaults().withWriteId(own));
        assertThat(cluster.store.headers.stream().map(WriteHeader::getYoungerThan))
                .containsExactly("", first.session(), first.session(), "");
        assertThat(first.session()).isNotEmpty();
    }

    @Test
    void optionsReachTheHead() throws IOException {
        UUID writeId = UUID.randomUUID();
        List<Long> progress = new ArrayList<>();
        PutOptions options = PutOptions.defaults()
                .withContentType("text/plain")
                .withUserMetadata(Map.of("k", "v"))
                .withWriteId(writeId)
                .withChunkSize(4096)
                .withProgress(progress::add)
                .ifVersion(new FileVersion(3, 9));
        client.put("o", new ByteArrayInputStream(new byte[5000]), options);
        WriteHeader header = cluster.store.headers.get(0);
        assertThat(header.getContentType()).isEqualTo("text/plain");
        assertThat(header.getUserMetadataMap()).containsEntry("k", "v");
        assertThat(header.getWriteId()).isEqualTo(writeId.toString());
        assertThat(header.getPrecondition().getIfVersion().getSeq()).isEqualTo(9);
        assertThat(progress).containsExactly(4096L, 5000L);
    }

    @Test
    void metadataThatCouldNotComeBackAsTheyAreAreRefusedBeforeAnythingIsSent() {
        for (Map<String, String> wrong : List.of(
                Map.of("k", "half \ud83d"), Map.of("k", "a\nb"), Map.of("a b", "c"), Map.of("k", "x".repeat(2048)))) {
            assertThatThrownBy(() -> client.put(
                            "m",
                            new ByteArrayInputStream(new byte[1]),
                            PutOptions.defaults().withUserMetadata(wrong)))
                    .isInstanceOfSatisfying(CraqException.class, failure -> assertThat(failure.code())
                            .isEqualTo(ErrorCode.INVALID_ARGUMENT));
            assertThatThrownBy(
                            () -> client.copy("m", "n", CopyOptions.defaults().withLabels("", wrong)))
                    .isInstanceOf(CraqException.class)
                    .hasMessageContaining("user metadata");
        }
        assertThat(cluster.store.headers).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"größe/日本語 🎉", "with space", "100%_done", "a+b&c=d?e#f"})
    void namesStandForThemselves(String name) throws IOException {
        client.put(name, new ByteArrayInputStream(new byte[] {1}));
        assertThat(cluster.store.content(name)).containsExactly(1);
        assertThat(client.stat(name).name()).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/a", "a/", "a//b", "a/../b", ".", "tab\t", "half\ud83c"})
    void aBadNameIsRefusedBeforeAnythingIsSent(String name) {
        CraqException failure = catchThrowableOfType(
                CraqException.class, () -> client.put(name, new ByteArrayInputStream(new byte[1])));
        assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
        assertThat(failure).hasMessageContaining("a file name must");
        assertThat(cluster.headQuestions).hasValue(0);
    }

    @Test
    void theHeadIsAskedForOnceAndAgainWhenItHasMoved() throws IOException {
        client.put("a", new ByteArrayInputStream(new byte[1]));
        client.put("b", new ByteArrayInputStream(new byte[1]));
        assertThat(cluster.headQuestions).hasValue(1);
        cluster.node(1).refusals.add(ErrorCode.NOT_HEAD);
        cluster.head = 1;
        byte[] content = Bytes.random(2 * Bytes.MIB);
        client.put("c", new ByteArrayInputStream(content));
        assertThat(cluster.headQuestions).hasValue(2);
        assertThat(cluster.store.content("c")).isEqualTo(content);
        assertThat(cluster.store.headers.get(2).getWriteId())
                .isEqualTo(cluster.store.headers.get(3).getWriteId());
    }

    @Test
    void anUploadThatBreaksIsSentAgainUnderTheSameWriteId() throws IOException {
        cluster.node(1).breakUploadAfter = 9;
        byte[] content = Bytes.random(20 * Bytes.MIB);
        client.put("big", Files.write(folder.resolve("big"), content));
        assertThat(cluster.store.content("big")).isEqualTo(content);
        assertThat(cluster.store.headers)
                .hasSize(2)
                .extracting(WriteHeader::getWriteId)
                .containsOnly(cluster.store.headers.get(0).getWriteId());
    }

    @Test
    void aStreamThatIsConsumedIsNotSentAgainAndTheErrorSaysThatNothingIsStored() {
        cluster.node(1).breakUploadAfter = 18;
        CraqException failure = catchThrowableOfType(
                CraqException.class, () -> client.put("big", Bytes.zeros(30L * Bytes.MIB, new AtomicLong())));
        assertThat(failure.code()).isEqualTo(ErrorCode.NOT_SERVING);
        assertThat(failure)
                .hasMessageContaining("could not put 'big'")
                .hasMessageContaining("nothing was stored")
                .hasMessageContaining(cluster.node(1).address());
    }

    @Test
    void aLostReceiptIsFetchedByRepeatingTheWrite() throws IOException {
        cluster.node(1).receiptsToLose.set(1);
        Receipt receipt = client.put("once", new ByteArrayInputStream(new byte[100]));
        assertThat(receipt.version().seq()).isEqualTo(1);
        assertThat(cluster.store.headers).hasSize(2);
    }

    @Test
    void aLostReceiptOfAConsumedStreamIsAnUnknownOutcomeThatNamesTheWriteId() {
        cluster.node(1).receiptsToLose.set(1);
        UUID writeId = UUID.randomUUID();
        CraqException failure = catchThrowableOfType(
                CraqException.class,
                () -> client.put(
                        "big",
                        Bytes.zeros(12L * Bytes.MIB, new AtomicLong()),
                        PutOptions.defaults().withWriteId(writeId)));
        assertThat(failure.code()).isEqualTo(ErrorCode.OUTCOME_UNKNOWN);
        assertThat(failure).hasMessageContaining(writeId.toString());
    }

    @Test
    void aWriteIdThatWasUsedForOtherContentIsNotTakenForSuccess() throws IOException {
        PutOptions options = PutOptions.defaults().withWriteId(UUID.randomUUID());
        client.put("w", new ByteArrayInputStream(new byte[10]), options);
        CraqException failure = catchThrowableOfType(
                CraqException.class, () -> client.put("w", new ByteArrayInputStream(new byte[11]), options));
        assertThat(failure.code()).isEqualTo(ErrorCode.CHECKSUM_MISMATCH);
    }

    @Test
    void thatItsOwnWriteIdWasUsedBeforeCanOnlyMeanThatTheSourceHasChangedBetweenTwoTries() {
        CraqException own = refusedAsReused(PutOptions.defaults());
        assertThat(own).hasMessageContaining("the source has different content now");
        CraqException given = refusedAsReused(PutOptions.defaults().withWriteId(UUID.randomUUID()));
        assertThat(given).hasMessageContaining("scripted refusal");
    }

    private CraqException refusedAsReused(PutOptions options) {
        cluster.node(1).refusals.add(ErrorCode.WRITE_ID_REUSED);
        CraqException failure = catchThrowableOfType(
                CraqException.class, () -> client.put("w", new ByteArrayInputStream(new byte[1]), options));
        assertThat(failure.code()).isEqualTo(ErrorCode.WRITE_ID_REUSED);
        return failure;
    }

    @Test
    void whatTheCallerMustMendIsNotRepeated() {
        cluster.node(1).refusals.add(ErrorCode.PRECONDITION_FAILED);
        CraqException failure =
                catchThrowableOfType(CraqException.class, () -> client.put("p", new ByteArrayInputStream(new byte[1])));
        assertThat(failure.code()).isEqualTo(ErrorCode.PRECONDITION_FAILED);
        assertThat(cluster.store.headers).hasSize(1);
    }

    @Test
    void aSlowHeadStopsTheReadingOfTheSource() {
        cluster.node(1).stalled = true;
        AtomicLong taken = new AtomicLong();
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try (CraqClient impatient = cluster.client()
                .progressTimeout(Duration.ofSeconds(1))
                .operationTimeout(Duration.ofMillis(1))
                .build()) {
            CompletableFuture<Throwable> outcome = CompletableFuture.supplyAsync(
                    () -> catchThrowableOfType(
                            CraqException.class, () -> impatient.put("slow", Bytes.zeros(1L << 40, taken))),
                    thread);
            assertThat(outcome.join())
                    .hasMessageContaining("no progress for 1000 ms")
                    .hasMessageContaining(cluster.node(1).address());
            assertThat(taken.get()).isBetween(1L, 8L * Bytes.MIB);
            await().until(() -> cluster.node(1).abandoned.get() == 1);
        } finally {
            thread.shutdown();
        }
    }

    @Test
    void aFileThatChangesWhileItIsReadIsNotStored() throws IOException {
        Path file = Files.write(folder.resolve("growing"), Bytes.random(2 * Bytes.MIB));
        AtomicBoolean grown = new AtomicBoolean();
        PutOptions options = PutOptions.defaults().withProgress(sent -> {
            if (grown.compareAndSet(false, true)) {
                append(file);
            }
        });
        FileSystemException failure =
                catchThrowableOfType(FileSystemException.class, () -> client.put("growing", file, options));
        assertThat(failure).hasMessageContaining("changed while it was being stored");
        assertThat(cluster.store.list("")).isEmpty();
    }

    @Test
    void aChangeThatHidesItsTimeIsNoticed() throws IOException {
        Path file = Files.write(folder.resolve("hidden"), Bytes.random(3 * Bytes.MIB));
        FileTime before = FileTime.from(Instant.ofEpochSecond(5));
        Files.setLastModifiedTime(file, before);
        AtomicBoolean changed = new AtomicBoolean();
        PutOptions options = PutOptions.defaults().withProgress(sent -> {
            if (changed.compareAndSet(false, true)) {
                overwrite(file, before);
            }
        });
        assertThat(catchThrowableOfType(FileSystemException.class, () -> client.put("hidden", file, options)))
                .hasMessageContaining("changed while it was being stored");
        assertThat(cluster.store.list("")).isEmpty();
    }

    @Test
    void aFileThatIsOnlyRenamedOrGivenAnotherModeHasNotChanged() throws IOException {
        Path file = Files.write(folder.resolve("same"), Bytes.random(3 * Bytes.MIB));
        PutOptions options =
                PutOptions.defaults().withProgress(sent -> file.toFile().setReadOnly());
        assertThat(client.put("same", file, options).length()).isEqualTo(3L * Bytes.MIB);
    }

    @Test
    void aNamedPipeIsOpenedOnce() throws Exception {
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        Process writer = new ProcessBuilder("sh", "-c", "echo piped > '" + pipe + "'").start();
        assertThat(client.put("piped", pipe).length()).isEqualTo(6);
        assertThat(writer.waitFor()).isZero();
    }

    private static void overwrite(Path file, FileTime time) {
        try {
            Files.write(file, new byte[3 * Bytes.MIB]);
            Files.setLastModifiedTime(file, time);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void append(Path file) {
        try {
            Files.write(file, new byte[] {1}, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void aFolderOrAMissingFileIsToldBeforeAnythingIsSent() {
        assertThat(catchThrowableOfType(IOException.class, () -> client.put("d", folder)))
                .hasMessageContaining("is a directory");
        assertThat(catchThrowableOfType(IOException.class, () -> client.put("d", folder.resolve("none"))))
                .hasMessageContaining("no such file");
        assertThat(cluster.headQuestions).hasValue(0);
    }
}
