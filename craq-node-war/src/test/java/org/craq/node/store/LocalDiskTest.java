package org.craq.node.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real disk keeps the promises of {@link Disk}, as far as can be tested without pulling the plug. */
class LocalDiskTest {
    @TempDir
    Path directory;

    private Disk disk;

    @BeforeEach
    void open() {
        disk = LocalDisk.open(directory, 64 << 10);
    }

    @AfterEach
    void close() throws IOException {
        disk.close();
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void filesComeAndGoUnderTheirNames() throws IOException {
        try (DiskFile file = disk.create("a")) {
            file.write(0, bytes("hello"));
            file.truncate(4);
            file.force();
            disk.forceNames();
            assertThat(file.size()).isEqualTo(4);
        }
        assertThat(disk.list()).as("without the lock").containsExactly("a");
        assertThatThrownBy(() -> disk.create("a")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> disk.open("b")).isInstanceOf(IOException.class);
        disk.delete("a");
        disk.delete("a");
        assertThat(disk.list()).isEmpty();
        assertThat(disk.usableBytes()).isPositive().isLessThanOrEqualTo(disk.totalBytes());
    }

    @Test
    void aSmallFileIsPutInThePlaceOfAnother() throws IOException {
        disk.replace("mark", "one".getBytes(StandardCharsets.US_ASCII));
        disk.replace("mark", "another".getBytes(StandardCharsets.US_ASCII));

        assertThat(disk.read("mark")).asString(StandardCharsets.US_ASCII).isEqualTo("another");
        assertThat(disk.list()).containsExactly("mark");
        assertThatThrownBy(() -> disk.read("none")).isInstanceOf(IOException.class);
    }

    @Test
    void otherUsersOfTheMachineCantLookIntoIt() throws IOException {
        disk.create("a").close();
        assertThat(mode(directory.resolve("a"))).isEqualTo("rw-------");
        assertThat(mode(directory.resolve("lock"))).isEqualTo("rw-------");
        Path made = directory.resolve("new/folder");
        LocalDisk.open(made, 0).close();
        assertThat(mode(made)).isEqualTo("rwx------");

        // As an earlier version left them.
        Path old = Files.write(made.resolve("segment"), new byte[1]);
        Files.setPosixFilePermissions(old, PosixFilePermissions.fromString("rw-r--r--"));
        Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rwxr-xr-x"));
        LocalDisk.open(made, 0).close();
        assertThat(mode(made)).isEqualTo("rwx------");
        assertThat(mode(old)).isEqualTo("rw-------");
        assertThat(mode(made.resolve("lock"))).isEqualTo("rw-------");
    }

    @Test
    void aFolderInItIsNotTheStores() throws IOException {
        Files.createDirectory(directory.resolve("audit"));
        assertThat(disk.list()).isEmpty();
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void aThreadThatIsInterruptedDoesNotCloseTheFileForOthers() throws IOException {
        try (DiskFile file = disk.create("a")) {
            Thread.currentThread().interrupt();
            file.write(0, bytes("hello"));
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
            ByteBuffer read = ByteBuffer.allocate(5);
            file.read(read, 0);
            file.force();
            assertThat(Thread.interrupted()).isTrue();
            assertThat(read.flip()).isEqualTo(bytes("hello"));
            assertThat(file.size()).isEqualTo(5);
        }
    }

    /** Mixes long and short writes, some of which bypass the page cache; the result must not depend on that. */
    @Test
    void whatIsAppendedIsThereHoweverItWasWritten() throws IOException {
        Random random = new Random(17);
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        try (DiskFile file = disk.create("a")) {
            for (int i = 0; i < 60; i++) {
                byte[] head = new byte[random.nextInt(50)];
                byte[] body = new byte[1 + random.nextInt(random.nextBoolean() ? 2_000 : 1 << 20)];
                random.nextBytes(head);
                random.nextBytes(body);
                write(file, expected.size(), ByteBuffer.wrap(head), ByteBuffer.wrap(body));
                expected.writeBytes(head);
                expected.writeBytes(body);
                if (random.nextInt(4) == 0) {
                    file.force();
                }
                if (random.nextInt(6) == 0) {
                    byte[] left = Arrays.copyOf(expected.toByteArray(), expected.size() - body.length);
                    file.truncate(left.length);
                    expected.reset();
                    expected.writeBytes(left);
                }
                assertThat(file.size())
                        .as("padding is no longer than a block")
                        .isBetween((long) expected.size(), expected.size() + 4096L);
            }
            assertThat(content(file, expected.size())).isEqualTo(expected.toByteArray());
        }
        try (DiskFile file = disk.open("a")) {
            assertThat(content(file, expected.size())).isEqualTo(expected.toByteArray());
        }
        assertThat(disk.list()).containsExactly("a");
    }

    /** A short write replaces what was cut off at the file's end, then a long write completes its block. */
    @Test
    void aBlockThatHasChangedMeanwhileKeepsTheChange() throws IOException {
        byte[] first = new byte[100_000];
        byte[] then = new byte[1_000];
        byte[] last = new byte[100_000];
        new Random(3).nextBytes(then);
        try (DiskFile file = disk.create("a")) {
            write(file, 0, ByteBuffer.wrap(first));
            file.truncate(99_000);
            write(file, 99_000, ByteBuffer.wrap(then));
            write(file, 100_000, ByteBuffer.wrap(last));
            assertThat(Arrays.copyOfRange(content(file, 200_000), 99_000, 100_000))
                    .isEqualTo(then);
        }
    }

    private static void write(DiskFile file, long position, ByteBuffer... parts) throws IOException {
        long at = position;
        while (Arrays.stream(parts).anyMatch(ByteBuffer::hasRemaining)) {
            at += file.write(at, parts);
        }
    }

    private static byte[] content(DiskFile file, int length) throws IOException {
        ByteBuffer read = ByteBuffer.allocate(length);
        while (read.hasRemaining()) {
            file.read(read, read.position());
        }
        return read.array();
    }

    @Test
    void aClosedFileStaysClosed() throws IOException {
        DiskFile file = disk.create("a");
        file.close();
        assertThatThrownBy(() -> file.read(ByteBuffer.allocate(1), 0)).isInstanceOf(ClosedChannelException.class);
    }
}
