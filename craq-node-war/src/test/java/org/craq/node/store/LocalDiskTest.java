package org.craq.node.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real disk keeps to the port's promises, as far as one can see without pulling the plug. */
class LocalDiskTest {
    @TempDir
    Path directory;

    private Disk disk;

    @BeforeEach
    void open() {
        disk = LocalDisk.open(directory);
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
            file.write(bytes("hello"), 0);
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
    void aThreadThatIsInterruptedDoesNotCloseTheFileForOthers() throws IOException {
        try (DiskFile file = disk.create("a")) {
            Thread.currentThread().interrupt();
            file.write(bytes("hello"), 0);
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
            ByteBuffer read = ByteBuffer.allocate(5);
            file.read(read, 0);
            file.force();
            assertThat(Thread.interrupted()).isTrue();
            assertThat(read.flip()).isEqualTo(bytes("hello"));
            assertThat(file.size()).isEqualTo(5);
        }
    }

    @Test
    void aClosedFileStaysClosed() throws IOException {
        DiskFile file = disk.create("a");
        file.close();
        assertThatThrownBy(() -> file.read(ByteBuffer.allocate(1), 0)).isInstanceOf(ClosedChannelException.class);
    }
}
