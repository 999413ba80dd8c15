package org.craq.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.LongConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.v1.WriteHeader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Puts of a local file that are interrupted and continue. */
class ResumedPutTest {
    private static final int LENGTH = 5 * Bytes.MIB + 7;
    private static final String NAME = "large";
    private static final FileTime LONG_AGO = FileTime.from(Instant.ofEpochSecond(5));

    @TempDir
    private Path folder;

    private final List<String> notes = new ArrayList<>();
    private FakeCluster cluster;
    private FakeNode head;
    private FakeContentPort port;
    private CraqClient client;
    private byte[] content;
    private Path source;

    @BeforeEach
    void start() throws IOException {
        cluster = new FakeCluster();
        head = cluster.node(1);
        port = new FakeContentPort(head.id, cluster.store);
        head.contentPort = port.port();
        client = cluster.client().build();
        content = Bytes.random(LENGTH);
        source = Files.write(folder.resolve("source"), content);
        Files.setLastModifiedTime(source, LONG_AGO);
    }

    @AfterEach
    void stop() {
        assertThat(cluster.store.breaches).isEmpty();
        client.close();
        port.close();
        cluster.close();
    }

    /** The process of a put that ends in the middle. */
    private static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private Path records() {
        return folder.resolve("records");
    }

    private PutOptions options() {
        return PutOptions.defaults().withResume(records(), notes::add);
    }

    private Receipt put() throws IOException {
        return client.put(NAME, source, options());
    }

    /** Puts the file, and ends when so many bytes have been sent. */
    private void putUntil(long bytes) {
        putUntil(bytes, options());
    }

    private void putUntil(long bytes, PutOptions options) {
        LongConsumer killer = sent -> {
            if (sent >= bytes) {
                throw new Killed();
            }
        };
        assertThatThrownBy(() -> client.put(NAME, source, options.withProgress(killer)))
                .isInstanceOf(Killed.class);
        await().until(() -> cluster.store.keptUploads() == 1);
    }

    private long recorded() throws IOException {
        if (!Files.isDirectory(records())) {
            return 0;
        }
        try (Stream<Path> files = Files.list(records())) {
            return files.count();
        }
    }

    private Set<String> writeIds() {
        return port.writes.stream().map(WriteHeader::getWriteId).collect(Collectors.toSet());
    }

    /** Changes some bytes in place, optionally restoring the time of modification. */
    private void change(int at, boolean hidden) {
        try (var channel = Files.newByteChannel(source, StandardOpenOption.WRITE)) {
            channel.position(at).write(ByteBuffer.allocate(100));
            if (hidden) {
                Files.setLastModifiedTime(source, LONG_AGO);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void assertStored() throws IOException {
        assertThat(cluster.store.content(NAME)).isEqualTo(Files.readAllBytes(source));
        assertThat(recorded()).isZero();
        assertThat(cluster.store.keptUploads()).isZero();
    }

    private void assertNothingIsStored() throws IOException {
        assertThat(cluster.store.list("")).isEmpty();
        assertThat(recorded()).isZero();
        await().until(() -> cluster.store.keptUploads() == 0);
    }

    @Test
    void goesByTheContentPort() throws IOException {
        Receipt receipt = put();
        assertStored();
        assertThat(receipt.length()).isEqualTo(LENGTH);
        assertThat(port.received).hasValue(LENGTH);
        assertThat(head.received).hasValue(0);
        assertThat(notes).isEmpty();
        assertThat(port.writes).singleElement().satisfies(header -> assertThat(header.getResumableLength())
                .isEqualTo(LENGTH));
    }

    @Test
    void whatBreaksOffContinuesWhereItWas() throws IOException {
        port.breakWriteAfter = 2;
        put();
        assertStored();
        assertThat(port.received).hasValue(LENGTH);
        assertThat(writeIds()).hasSize(1);
    }

    @Test
    void withoutAContentPortItContinuesOverGrpc() throws IOException {
        head.contentPort = 0;
        head.breakUploadAfter = 3;
        put();
        assertStored();
        assertThat(head.received).hasValue(LENGTH);
        assertThat(port.writes).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anotherPutContinuesAfterTheFirstHasBeenKilled(boolean byGrpc) throws IOException {
        head.contentPort = byGrpc ? 0 : port.port();
        putUntil(3L * Bytes.MIB);
        assertThat(recorded()).isEqualTo(1);
        long before = port.received.get() + head.received.get();
        try (CraqClient other = cluster.client().build()) {
            other.put(NAME, source, options());
        }
        assertStored();
        // How much of what was sent arrived before the end is a matter of luck.
        Matcher note = Pattern.compile("resuming after ([0-9]+) of " + LENGTH + " bytes")
                .matcher(String.join("; ", notes));
        assertThat(note.matches()).as(notes.toString()).isTrue();
        long kept = Long.parseLong(note.group(1));
        assertThat(kept).isPositive();
        assertThat(port.received.get() + head.received.get() - before).isEqualTo(LENGTH - kept);
    }

    @Test
    void aPutThatAnOlderCommandLineHasBegunContinues() throws IOException {
        putUntil(2L * Bytes.MIB);
        // Of this form since uploads were first recorded.
        try (Stream<Path> files = Files.list(records())) {
            assertThat(files).singleElement().satisfies(file -> assertThat(Files.readString(file))
                    .contains("upload=/v1/uploads/" + onlyWriteId()));
        }
        put();
        assertStored();
    }

    private String onlyWriteId() {
        assertThat(writeIds()).hasSize(1);
        return writeIds().iterator().next();
    }

    @Test
    void whatIsKeptOfOtherBytesIsDiscarded() throws IOException {
        putUntil(2L * Bytes.MIB);
        change(10, true);
        put();
        assertThat(notes).contains("the file has changed since the interrupted upload: starting over");
        assertThat(writeIds()).hasSize(2);
        assertStored();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aFileThatChangesMeanwhileIsNotStored(boolean hidden) throws IOException {
        PutOptions changing = options().withProgress(sent -> change(10, hidden));
        assertThatThrownBy(() -> client.put(NAME, source, changing))
                .isInstanceOf(FileSystemException.class)
                .hasMessageContaining("changed while it was being stored; nothing was stored");
        assertNothingIsStored();
    }

    @Test
    void aFileThatBecomesShorterIsNotStored() throws IOException {
        PutOptions shortened = options().withProgress(sent -> {
            try (var channel = Files.newByteChannel(source, StandardOpenOption.WRITE)) {
                channel.truncate(10);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        assertThatThrownBy(() -> client.put(NAME, source, shortened)).isInstanceOf(FileSystemException.class);
        assertNothingIsStored();
    }

    @Test
    void aLostReceiptIsAskedForAndNothingIsSentAgain() throws IOException {
        port.losesReceipt = true;
        Receipt receipt = put();
        assertStored();
        assertThat(receipt.version()).isEqualTo(client.stat(NAME).version());
        assertThat(port.received).hasValue(LENGTH);
        assertThat(client.versions(NAME, VersionOptions.all()).versions()).hasSize(1);
    }

    @Test
    void anUploadThatHasExpiredStartsOver() throws IOException {
        for (ErrorCode gone : List.of(ErrorCode.UPLOAD_EXPIRED, ErrorCode.NOT_FOUND, ErrorCode.WRITE_ID_REUSED)) {
            Files.setLastModifiedTime(source, LONG_AGO);
            putUntil(2L * Bytes.MIB);
            String first = port.writes.get(port.writes.size() - 1).getWriteId();
            port.refusals.add(gone);
            put();
            assertThat(port.writes.get(port.writes.size() - 1).getWriteId()).isNotEqualTo(first);
            assertThat(cluster.store.content(NAME)).isEqualTo(content);
            assertThat(recorded()).isZero();
            cluster.store.discard(WriteHeader.newBuilder().setWriteId(first).build());
        }
    }

    @Test
    void whatTheCallerMustMendIsForgotten() throws IOException {
        port.refusals.add(ErrorCode.PRECONDITION_FAILED);
        CraqException failure = catchThrowableOfType(CraqException.class, this::put);
        assertThat(failure.code()).isEqualTo(ErrorCode.PRECONDITION_FAILED);
        assertNothingIsStored();
    }

    @Test
    void whoGivesUpIsToldThatTheBytesAreKept() throws IOException {
        putUntil(2L * Bytes.MIB);
        for (int i = 0; i < 1000; i++) {
            port.refusals.add(ErrorCode.NOT_SERVING);
        }
        try (CraqClient impatient = cluster.client()
                .operationTimeout(java.time.Duration.ofMillis(300))
                .build()) {
            CraqException failure =
                    catchThrowableOfType(CraqException.class, () -> impatient.put(NAME, source, options()));
            assertThat(failure.code()).isEqualTo(ErrorCode.NOT_SERVING);
            assertThat(failure).hasMessageContaining("could not put '" + NAME + "'");
        }
        assertThat(notes).last().asString().contains("repeat the same put to resume");
        assertThat(recorded()).isEqualTo(1);
    }

    @Test
    void aWriteIdOfTheCallersTellsWhereItWas() throws IOException {
        PutOptions own = options().withWriteId(UUID.randomUUID());
        putUntil(2L * Bytes.MIB, own);
        assertThat(recorded()).isZero();
        client.put(NAME, source, own);
        assertStored();
        assertThat(notes).hasSize(1);
        assertThat(port.received.get()).isLessThan(LENGTH + 2L * Bytes.MIB);
    }

    @Test
    void aWriteIdOfTheCallersThatHasOtherBytesIsRefused() throws IOException {
        PutOptions own = options().withWriteId(UUID.randomUUID());
        putUntil(2L * Bytes.MIB, own);
        change(10, true);
        CraqException failure = catchThrowableOfType(CraqException.class, () -> client.put(NAME, source, own));
        assertThat(failure.code()).isEqualTo(ErrorCode.WRITE_ID_REUSED);
        assertThat(cluster.store.keptUploads()).isEqualTo(1);
    }

    @Test
    void aNodeOfAnOlderBuildGetsEverythingAgain() throws IOException {
        cluster.store.resumes = false;
        port.breakWriteAfter = 2;
        put();
        assertStored();
        assertThat(port.received).hasValue(LENGTH + 2L * Bytes.MIB);
    }

    @Test
    void anEmptyFileIsStored() throws IOException {
        Files.write(source, new byte[0]);
        assertThat(put().length()).isZero();
        assertStored();
    }

    @Test
    void onlyPutsOfLocalFilesInChunksOfTheUsualSizeCanBeResumed() {
        ByteArrayInputStream stream = new ByteArrayInputStream(new byte[1]);
        assertThatThrownBy(() -> client.put(NAME, stream, options())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> client.append(NAME, stream, options())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> client.append(NAME, source, options())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> client.put(NAME, source, options().withChunkSize(4096)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
