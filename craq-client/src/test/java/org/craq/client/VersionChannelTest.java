package org.craq.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class VersionChannelTest {
    private static final int SIZE = 3 * Bytes.MIB + 5;

    private FakeCluster cluster;
    private CraqClient client;
    private byte[] content;

    @BeforeEach
    void start() throws IOException {
        cluster = new FakeCluster();
        client = cluster.client().build();
        content = Bytes.random(SIZE);
        client.put("f", new ByteArrayInputStream(content));
    }

    @AfterEach
    void stop() {
        client.close();
        cluster.close();
    }

    private static byte[] read(SeekableByteChannel channel, long position, int count) throws IOException {
        ByteBuffer target = ByteBuffer.allocate(count);
        channel.position(position).read(target);
        return Arrays.copyOf(target.array(), target.position());
    }

    @Test
    void anyPlaceCanBeRead() throws IOException {
        try (SeekableByteChannel channel = client.open("f")) {
            assertThat(channel.size()).isEqualTo(SIZE);
            for (int at : new int[] {2 * Bytes.MIB + 3, 0, Bytes.MIB - 1, SIZE - 4, Bytes.MIB, SIZE - 1}) {
                assertThat(read(channel, at, 10)).isEqualTo(Arrays.copyOfRange(content, at, Math.min(at + 10, SIZE)));
            }
            assertThat(channel.position()).isEqualTo(SIZE);
            assertThat(channel.read(ByteBuffer.allocate(1))).isEqualTo(-1);
            assertThat(channel.position(SIZE + 9L).read(ByteBuffer.allocate(1))).isEqualTo(-1);
        }
    }

    @Test
    void laterWritesDoNotShow() throws IOException {
        try (SeekableByteChannel channel = client.open("f");
                InputStream stream = java.nio.channels.Channels.newInputStream(channel)) {
            client.put("f", new ByteArrayInputStream(new byte[7]));
            assertThat(stream.readAllBytes()).isEqualTo(content);
        }
    }

    @Test
    void neighboursAreReadWithOneQuestion() throws IOException {
        try (SeekableByteChannel channel = client.open("f")) {
            read(channel, 5, 10);
            read(channel, 500_000, 10);
            read(channel, 0, 10);
        }
        assertThat(cluster.node(3).reads).hasSize(1);
    }

    @Test
    void itOnlyReadsAndOnlyWhileItIsOpen() throws IOException {
        SeekableByteChannel channel = client.open("f");
        assertThatThrownBy(() -> channel.write(ByteBuffer.allocate(1))).isInstanceOf(NonWritableChannelException.class);
        assertThatThrownBy(() -> channel.position(-1)).hasMessageContaining("negative");
        channel.close();
        assertThat(channel.isOpen()).isFalse();
        assertThatThrownBy(() -> channel.read(ByteBuffer.allocate(1))).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> client.open("none")).hasMessageContaining("could not open 'none'");
    }
}
