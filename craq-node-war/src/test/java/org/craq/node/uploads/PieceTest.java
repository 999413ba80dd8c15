package org.craq.node.uploads;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import org.junit.jupiter.api.Test;

/** Reading a body whose connection may break. */
class PieceTest {
    private static final InputStream BREAKS = new InputStream() {
        @Override
        public int read() throws IOException {
            throw new IOException("gone");
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            return read();
        }
    };

    private static InputStream bytes(int count) {
        return new ByteArrayInputStream(new byte[count]);
    }

    @Test
    void isFullUnlessTheBodyEnds() {
        InputStream body = new SequenceInputStream(bytes(3), bytes(4));
        assertThat(Piece.read(body, 5, () -> {}, () -> {}).length()).isEqualTo(5);
        assertThat(Piece.read(body, 5, () -> {}, () -> {}).length()).isEqualTo(2);
        assertThat(Piece.read(body, 5, () -> {}, () -> {}).length()).isZero();
    }

    @Test
    void keepsWhatCameBeforeTheBreak() {
        Piece piece = Piece.read(new SequenceInputStream(bytes(3), BREAKS), 5, () -> {}, () -> {});
        assertThat(piece.length()).isEqualTo(3);
        assertThat(piece.broken()).isPresent();
    }
}
