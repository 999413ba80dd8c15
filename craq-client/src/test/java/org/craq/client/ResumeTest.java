package org.craq.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.craq.wire.CraqException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResumeTest {
    @TempDir
    private Path folder;

    private final List<String> notes = new CopyOnWriteArrayList<>();
    private FakeCluster cluster;
    private CraqClient client;
    private Path target;
    private byte[] content;

    @BeforeEach
    void start() throws IOException {
        cluster = new FakeCluster();
        client = cluster.client().build();
        target = folder.resolve("copy");
        content = store(5 * Bytes.MIB + 7);
    }

    @AfterEach
    void stop() {
        client.close();
        cluster.close();
    }

    private byte[] store(int size) throws IOException {
        byte[] bytes = Bytes.random(size);
        client.put("f", new ByteArrayInputStream(bytes));
        return bytes;
    }

    private GetOptions resuming() {
        return GetOptions.defaults().withNode("n2").withResume(notes::add);
    }

    /** Interrupts a download, which leaves two MiB behind. */
    private void breakOff() {
        cluster.node(2).dieAfter = 2;
        assertThat(catchThrowableOfType(CraqException.class, () -> client.get("f", target, resuming())))
                .isNotNull();
        cluster.node(2).dieAfter = -1;
        assertThat(notes).singleElement().asString().contains("2097152 of 5242887 bytes are kept");
        notes.clear();
        assertThat(target).doesNotExist();
    }

    private Path left() throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(entry -> !entry.equals(target)).findFirst().orElseThrow();
        }
    }

    private void assertNothingIsLeft() throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            assertThat(entries.toList()).containsExactly(target);
        }
    }

    private long lastOffset() {
        List<org.craq.wire.v1.ReadRequest> reads = cluster.node(2).reads;
        return reads.get(reads.size() - 1).getOffset();
    }

    @Test
    void aDownloadThatBrokeOffGoesOnWhereItStopped() throws IOException {
        breakOff();
        List<Long> progress = new ArrayList<>();
        client.get("f", target, resuming().withProgress(progress::add));
        assertThat(target).hasBinaryContent(content);
        assertThat(lastOffset()).isEqualTo(2L * Bytes.MIB);
        assertThat(progress).startsWith(3L * Bytes.MIB).endsWith((long) content.length);
        assertThat(notes).singleElement().asString().contains("resuming after 2097152 of 5242887 bytes");
        assertNothingIsLeft();
    }

    @Test
    void whatWasKeptAndHasChangedIsFetchedAnew() throws IOException {
        breakOff();
        byte[] changed = Files.readAllBytes(left());
        changed[12345]++;
        Files.write(left(), changed);
        client.get("f", target, resuming());
        assertThat(target).hasBinaryContent(content);
        assertThat(lastOffset()).isZero();
        assertThat(notes).last().asString().contains("damaged: starting over");
        assertNothingIsLeft();
    }

    @Test
    void whatWasKeptOfAnotherVersionIsThrownAway() throws IOException {
        breakOff();
        byte[] newer = store(3 * Bytes.MIB);
        client.get("f", target, resuming());
        assertThat(target).hasBinaryContent(newer);
        assertThat(lastOffset()).isZero();
        assertThat(notes).singleElement().asString().contains("another version");
        assertNothingIsLeft();
    }

    @Test
    void whatIsWholeOnlyTakesItsPlace() throws IOException {
        breakOff();
        Files.write(left(), content);
        int asked = cluster.node(2).reads.size();
        client.get("f", target, resuming());
        assertThat(target).hasBinaryContent(content);
        assertThat(cluster.node(2).reads).hasSize(asked);
        assertNothingIsLeft();
    }

    @Test
    void whatIsLongerThanTheFileIsNoBeginningOfIt() throws IOException {
        breakOff();
        Files.write(left(), Arrays.copyOf(content, content.length + 1));
        client.get("f", target, resuming());
        assertThat(target).hasBinaryContent(content);
        assertNothingIsLeft();
    }

    @Test
    void twoDownloadsOfTheSameDoNotMeet() throws IOException {
        breakOff();
        Path part = left();
        // A running download has a lock on its file.
        try (FileChannel other = FileChannel.open(part, StandardOpenOption.WRITE)) {
            assertThat(other.tryLock()).isNotNull();
            client.get("f", target, resuming());
            assertThat(target).hasBinaryContent(content);
            assertThat(other.size()).isEqualTo(2L * Bytes.MIB);
            store(9);
            client.get("f", target, resuming());
            assertThat(part).exists();
        }
    }

    @Test
    void damageFromTheStoreLeavesNothing() throws IOException {
        cluster.store.tamper("f");
        assertThatThrownBy(() -> client.get("f", target, resuming())).isInstanceOf(CraqException.class);
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void anEmptyFileAndADeviceNeedNoResumption() throws IOException {
        store(0);
        client.get("f", target, resuming());
        assertThat(target).isEmptyFile();
        client.get("f", Path.of("/dev/null"), resuming());
        assertNothingIsLeft();
        assertThatThrownBy(() -> client.get("f", target, resuming().withRange(1, 2)))
                .hasMessageContaining("whole files");
    }

    // ---- files that other users may have put there ----

    @Test
    void whatIsKeptIsTheUsersAlone() throws IOException {
        breakOff();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(left())))
                .isEqualTo("rw-------");
    }

    /**
     * Interrupts a download and replaces the partial file; the next download must neither use nor change what is there.
     */
    private void getWithPlanted(Planting planting) throws IOException {
        breakOff();
        Path part = left();
        planting.at(part);
        client.get("f", target, resuming());
        assertThat(target).hasBinaryContent(content);
        assertThat(target).isRegularFile();
        assertThat(Files.isSymbolicLink(target)).isFalse();
        assertThat(Files.getAttribute(target, "unix:nlink")).isEqualTo(1);
        assertThat(lastOffset()).isZero();
        assertThat(part).doesNotExist();
    }

    private interface Planting {
        void at(Path part) throws IOException;
    }

    @Test
    void aFileThatOthersMayHaveOpenIsNotUsed() throws IOException {
        getWithPlanted(part -> Files.setPosixFilePermissions(part, PosixFilePermissions.fromString("rw-rw-rw-")));
    }

    @Test
    void aLinkInItsPlaceIsNotFollowed() throws IOException {
        Path victim = Files.writeString(Files.createTempFile("victim", ""), "precious");
        getWithPlanted(part -> {
            Files.delete(part);
            Files.createSymbolicLink(part, victim);
        });
        assertThat(victim).hasContent("precious");
        Files.delete(victim);
    }

    @Test
    void aFileWithASecondNameIsNotUsed() throws IOException {
        Path second = folder.resolve("second");
        getWithPlanted(part -> Files.createLink(second, part));
        assertThat(Files.size(second)).isEqualTo(2L * Bytes.MIB);
    }

    @Test
    void aFolderInItsPlaceDoesNoHarm() throws IOException {
        breakOff();
        Path part = left();
        Files.delete(part);
        Files.createDirectories(part.resolve("full"));
        client.get("f", target, resuming());
        assertThat(target).hasBinaryContent(content);
    }

    @Test
    void twoDownloadsIntoOneTargetBothSucceed() throws Exception {
        cluster.node(2).dieAfter = -1;
        ExecutorService both = Executors.newFixedThreadPool(2);
        try {
            List<Future<FileInfo>> results = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                results.add(both.submit(() -> client.get("f", target, resuming())));
            }
            for (Future<FileInfo> result : results) {
                assertThat(result.get().length()).isEqualTo(content.length);
            }
        } finally {
            both.shutdown();
        }
        assertThat(target).hasBinaryContent(content);
        assertNothingIsLeft();
    }
}
