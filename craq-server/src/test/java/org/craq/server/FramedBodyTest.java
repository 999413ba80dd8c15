package org.craq.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FramedBodyTest {
    private static final String NEXT = "GET / HTTP/1.1\r\n\r\n";

    /** Everything that follows a head on a connection. */
    private static final class Connection extends ServletInputStream {
        private final ByteArrayInputStream bytes;

        Connection(String text) {
            bytes = new ByteArrayInputStream(text.getBytes(ISO_8859_1));
        }

        @Override
        public int read() {
            return bytes.read();
        }

        @Override
        public int read(byte[] into, int offset, int length) {
            return bytes.read(into, offset, length);
        }

        @Override
        public boolean isFinished() {
            return false;
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setReadListener(ReadListener listener) {
            throw new UnsupportedOperationException();
        }
    }

    private static String chunked(String text) throws IOException {
        return new String(FramedBody.ofChunks(new Connection(text)).readAllBytes(), ISO_8859_1);
    }

    @Test
    void aBodyEndsAtItsLength() throws Exception {
        Connection connection = new Connection("hello" + NEXT);
        try (FramedBody body = FramedBody.ofLength(connection, 5)) {
            assertThat(new String(body.readAllBytes(), ISO_8859_1)).isEqualTo("hello");
            assertThat(body.read()).isNegative();
            assertThat(body.isFinished()).isTrue();
        }
        assertThat(new String(connection.readAllBytes(), ISO_8859_1)).isEqualTo(NEXT);
        try (FramedBody none = FramedBody.ofLength(new Connection(NEXT), 0)) {
            assertThat(none.read()).isNegative();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "5\r\nhello\r\n0\r\n\r\n",
                "2;a=b\r\nhe\r\n003 ;x\r\nllo\r\n0;last\r\n\r\n",
                "1\r\nh\r\n4\r\nello\r\n0\r\nX-Trailer: y\r\nZ: 1\r\n\r\n"
            })
    void chunksArePutTogether(String chunks) throws Exception {
        assertThat(chunked(chunks + NEXT)).isEqualTo("hello");
    }

    @Test
    void aChunkMayContainLineEndsAndBeLong() throws Exception {
        String content = "a\r\n0\r\n\r\n".repeat(10_000);
        assertThat(chunked(Integer.toHexString(content.length()) + "\r\n" + content + "\r\n0\r\n\r\n"))
                .isEqualTo(content);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5\r\nhell", "5\r\nhello", "5\r\nhello\r\n", "5\r\nhello\r\n0\r\n", "5"})
    void whatEndsEarlyIsNoBody(String chunks) {
        assertThatThrownBy(() -> chunked(chunks)).isInstanceOf(EOFException.class);
        assertThatThrownBy(() -> FramedBody.ofLength(new Connection("hell"), 5).readAllBytes())
                .isInstanceOf(EOFException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "5\r\nhello!\r\n0\r\n\r\n",
                "-5\r\nhello\r\n0\r\n\r\n",
                "x\r\nhello\r\n0\r\n\r\n",
                "\r\nhello\r\n0\r\n\r\n",
                "10000000000000000\r\nhello\r\n0\r\n\r\n"
            })
    void wrongChunksAreNoBody(String chunks) {
        assertThatThrownBy(() -> chunked(chunks)).isInstanceOf(IOException.class);
    }

    @Test
    void linesBetweenChunksAreBounded() {
        assertThatThrownBy(() -> chunked("5;" + "x".repeat(10_000) + "\r\nhello\r\n0\r\n\r\n"))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> chunked("0\r\n" + "X: y\r\n".repeat(1_000) + "\r\n"))
                .isInstanceOf(IOException.class);
    }
}
