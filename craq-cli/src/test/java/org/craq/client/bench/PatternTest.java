package org.craq.client.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.api.Test;

class PatternTest {
    private static final int LENGTH = Pattern.RING_BYTES + 12_345;

    private static byte[] bytes(String name) throws IOException {
        try (InputStream in = Pattern.of(name).read(LENGTH)) {
            return in.readAllBytes();
        }
    }

    @Test
    void whatWasMadeIsTakenWhereverAPieceBegins() throws IOException {
        byte[] bytes = bytes("a");
        assertThat(bytes).hasSize(LENGTH);
        try (Pattern.Check check = Pattern.of("a").check(0)) {
            check.write(bytes, 0, 1000);
            check.write(bytes[1000]);
            check.write(bytes, 1001, LENGTH - 1001);
            check.complete(LENGTH);
        }
        try (Pattern.Check check = Pattern.of("a").check(4096)) {
            check.write(bytes, 4096, LENGTH - 4096);
            check.complete(LENGTH - 4096);
        }
    }

    @Test
    void oneWrongByteIsFoundWithItsPlace() throws IOException {
        byte[] bytes = bytes("a");
        bytes[LENGTH - 7] ^= 1;
        try (Pattern.Check check = Pattern.of("a").check(0)) {
            assertThatThrownBy(() -> check.write(bytes, 0, LENGTH))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("byte at " + (LENGTH - 7) + " ");
        }
    }

    @Test
    void bytesOfAnotherPlaceOrFileAreFound() throws IOException {
        byte[] bytes = bytes("a");
        try (Pattern.Check moved = Pattern.of("a").check(1 << 20);
                Pattern.Check other = Pattern.of("b").check(0)) {
            assertThatThrownBy(() -> moved.write(bytes, 0, 4096)).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> other.write(bytes, 0, 4096)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void tooFewBytesAreFound() throws IOException {
        try (Pattern.Check check = Pattern.of("a").check(0)) {
            check.write(bytes("a"), 0, 99);
            assertThatThrownBy(() -> check.complete(100)).hasMessage("99 bytes arrived instead of 100");
        }
    }
}
