package org.craq.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.v1.ReadRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GetTest {
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
    }

    private byte[] stored(String name, int size) throws IOException {
        byte[] content = Bytes.random(size);
        client.put(name, new ByteArrayInputStream(content));
        return content;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, Bytes.MIB - 1, Bytes.MIB, Bytes.MIB + 1, 10 * Bytes.MIB})
    void whatWasPutComesBack(int size) throws IOException {
        byte[] content = stored("f", size);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        FileInfo info = client.get("f", out);
        assertThat(out.toByteArray()).isEqualTo(content);
        assertThat(info.length()).isEqualTo(size);
        client.get("f", folder.resolve("copy"));
        assertThat(folder.resolve("copy")).hasBinaryContent(content);
    }

    @Test
    void aDownloadWhoseNodeDiesGoesOnAtAnotherWithTheSameVersion() throws IOException {
        byte[] content = stored("f", 6 * Bytes.MIB);
        cluster.node(3).dieAfter = 2;
        cluster.node(2).dieAfter = 3;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        FileInfo info = client.get("f", out);
        assertThat(out.toByteArray()).isEqualTo(content);
        ReadRequest last = cluster.node(1).reads.get(0);
        assertThat(last.getOffset()).isEqualTo(5L * Bytes.MIB);
        assertThat(last.getVersion().getSeq()).isEqualTo(info.version().seq());
    }

    @Test
    void aNodeThatIsGoneIsAvoided() throws IOException {
        byte[] content = stored("f", 10);
        cluster.node(3).close();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        client.get("f", out);
        assertThat(out.toByteArray()).isEqualTo(content);
    }

    @Test
    void aNodeThatFallsSilentIsAvoided() throws IOException {
        byte[] content = stored("f", 10);
        cluster.node(3).silent = true;
        try (CraqClient impatient =
                cluster.client().progressTimeout(Duration.ofMillis(300)).build()) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            impatient.get("f", out);
            assertThat(out.toByteArray()).isEqualTo(content);
        }
    }

    @Test
    void aDamagedFragmentIsFetchedElsewhere() throws IOException {
        byte[] content = stored("f", 4 * Bytes.MIB);
        cluster.node(3).damage = 1;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        client.get("f", out);
        assertThat(out.toByteArray()).isEqualTo(content);
        assertThat(cluster.node(2).reads.get(0).getOffset()).isEqualTo(Bytes.MIB);
    }

    @Test
    void damageOnTheOnlyNodeAskedIsAClearErrorAndLeavesNoFile() throws IOException {
        stored("f", 4 * Bytes.MIB);
        cluster.node(2).damage = 1;
        CraqException failure = catchThrowableOfType(
                CraqException.class,
                () -> client.get(
                        "f", folder.resolve("copy"), GetOptions.defaults().withNode("n2")));
        assertThat(failure.code()).isEqualTo(ErrorCode.CONTENT_DAMAGED);
        assertThat(failure)
                .hasMessageContaining("n2 (" + cluster.node(2).address() + ")")
                .hasMessageContaining("checksum");
        assertFolderIsEmpty();
    }

    @Test
    void contentThatIsNotWhatWasStoredIsNotPassedForIt() throws IOException {
        stored("f", 10);
        cluster.store.tamper("f");
        CraqException failure =
                catchThrowableOfType(CraqException.class, () -> client.get("f", folder.resolve("copy")));
        assertThat(failure.code()).isEqualTo(ErrorCode.CONTENT_DAMAGED);
        assertFolderIsEmpty();
    }

    @Test
    void aPinnedReadAsksNobodyElse() throws IOException {
        stored("f", 10);
        client.get("f", OutputStream.nullOutputStream(), GetOptions.defaults().withNode("n1"));
        assertThat(cluster.node(1).reads).hasSize(1);
        cluster.node(1).refusals.add(ErrorCode.NOT_SERVING);
        CraqException failure = catchThrowableOfType(
                CraqException.class,
                () -> client.get(
                        "f",
                        OutputStream.nullOutputStream(),
                        GetOptions.defaults().withNode("n1")));
        assertThat(failure.code()).isEqualTo(ErrorCode.NOT_SERVING);
        assertThat(cluster.node(2).reads).isEmpty();
        assertThat(cluster.node(3).reads).isEmpty();
    }

    @Test
    void anUnknownNodeIsToldWithTheOnesThereAre() {
        CraqException failure = catchThrowableOfType(
                CraqException.class,
                () -> client.stat("f", GetOptions.defaults().withNode("n9")));
        assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
        assertThat(failure).hasMessageContaining("n9").hasMessageContaining("n1, n2, n3");
    }

    @Test
    void rangesAndOldVersionsAreServed() throws IOException {
        byte[] old = stored("f", 3 * Bytes.MIB);
        FileVersion version = client.stat("f").version();
        stored("f", 5);
        cluster.node(3).dieAfter = 1;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        client.get("f", out, GetOptions.defaults().withVersion(version).withRange(7, 2 * Bytes.MIB));
        assertThat(out.toByteArray()).isEqualTo(java.util.Arrays.copyOfRange(old, 7, 7 + 2 * Bytes.MIB));
    }

    @Test
    void aSlowTargetHoldsTheNodeBackAndLosesNothing() throws IOException {
        byte[] content = stored("f", 40 * Bytes.MIB);
        ByteArrayOutputStream kept = new ByteArrayOutputStream();
        OutputStream slow = new OutputStream() {
            @Override
            public void write(int b) {
                kept.write(b);
            }

            @Override
            public void write(byte[] bytes, int offset, int count) {
                if (kept.size() == 0) {
                    AtomicLong before = new AtomicLong(-1);
                    await().pollInterval(Duration.ofMillis(100))
                            .until(() -> before.getAndSet(cluster.node(3).sent.get())
                                    == cluster.node(3).sent.get());
                    assertThat(cluster.node(3).sent.get()).isLessThan(16L * Bytes.MIB);
                }
                kept.write(bytes, offset, count);
            }
        };
        client.get("f", slow);
        assertThat(kept.toByteArray()).isEqualTo(content);
    }

    @Test
    void aTargetThatFailsEndsTheDownloadWithItsOwnError() throws IOException {
        stored("f", 3 * Bytes.MIB);
        OutputStream full = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("no space left");
            }
        };
        assertThat(catchThrowableOfType(IOException.class, () -> client.get("f", full)))
                .hasMessage("no space left");
        assertThat(cluster.node(2).reads).isEmpty();
    }

    @Test
    void anUnwritableTargetIsToldBeforeAnythingIsAsked() {
        assertThat(catchThrowableOfType(IOException.class, () -> client.get("f", folder)))
                .hasMessageContaining("is a directory");
        assertThat(catchThrowableOfType(IOException.class, () -> client.get("f", folder.resolve("no/such/place"))))
                .hasMessageContaining("there is no folder");
        assertThat(catchThrowableOfType(IOException.class, () -> client.get("f", folder.resolve("x".repeat(300)))))
                .hasMessageContaining("too long");
        assertThat(cluster.nodes).allMatch(node -> node.reads.isEmpty());
    }

    @Test
    void aFileThatIsNotThereLeavesTheTargetAlone() throws IOException {
        Path target = Files.writeString(folder.resolve("copy"), "before");
        CraqException failure = catchThrowableOfType(CraqException.class, () -> client.get("none", target));
        assertThat(failure.code()).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(target).hasContent("before");
        assertThat(entries()).containsExactly(target);
    }

    @Test
    void aLinkStaysALinkAndADeviceADevice() throws IOException {
        byte[] content = stored("f", 10);
        Path file = Files.writeString(folder.resolve("file"), "before");
        Path link = Files.createSymbolicLink(folder.resolve("link"), file);
        client.get("f", link);
        assertThat(link).isSymbolicLink();
        assertThat(file).hasBinaryContent(content);
        client.get("f", Path.of("/dev/null"));
        assertThat(Files.isRegularFile(Path.of("/dev/null"))).isFalse();
    }

    @Test
    void aLinkThatLeadsToNoFileYetIsFollowed() throws IOException {
        byte[] content = stored("f", 10);
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("second"));
        Files.createSymbolicLink(folder.resolve("second"), Path.of("elsewhere/file"));
        client.get("f", link);
        assertThat(link).isSymbolicLink();
        assertThat(elsewhere.resolve("file")).hasBinaryContent(content);

        Path circle = Files.createSymbolicLink(folder.resolve("circle"), Path.of("circle"));
        assertThat(catchThrowableOfType(IOException.class, () -> client.get("f", circle)))
                .isNotNull();
        assertThat(circle).isSymbolicLink();
    }

    @Test
    void whoMayReadATargetIsAsBeforeOrAsOfAnyNewFile() throws IOException {
        stored("f", 10);
        Path secret = Files.writeString(folder.resolve("secret"), "before");
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
        Path usual = Files.createFile(folder.resolve("usual"));
        for (GetOptions options : List.of(
                GetOptions.defaults(),
                GetOptions.defaults().withResume(note -> {}),
                GetOptions.defaults().withParallel(2))) {
            client.get("f", secret, options);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(secret)))
                    .isEqualTo("rw-------");
            Path fresh = folder.resolve("fresh");
            client.get("f", fresh, options);
            assertThat(Files.getPosixFilePermissions(fresh)).isEqualTo(Files.getPosixFilePermissions(usual));
            Files.delete(fresh);
        }
        assertThat(entries()).containsExactlyInAnyOrder(secret, usual);
    }

    @Test
    void aTargetThatTakesNoMoreIsNamed() throws IOException {
        stored("f", 10);
        assertThat(catchThrowableOfType(IOException.class, () -> client.get("f", Path.of("/dev/full"))))
                .hasMessageContaining("/dev/full: can't be written: No space left on device");
    }

    private void assertFolderIsEmpty() throws IOException {
        assertThat(entries()).isEmpty();
    }

    private java.util.List<Path> entries() throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.toList();
        }
    }
}
