package org.craq.core.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContentTest {
    private static final ContentId ID = new ContentId(new UUID(1, 2));
    private static final int CHUNK = 4096;

    @ParameterizedTest
    @CsvSource({"1, 1, 1", "4095, 1, 4095", "4096, 1, 4096", "4097, 2, 1", "8192, 2, 4096", "5000000000, 1220704, 512"})
    void isCutIntoChunksOfWhichTheLastMayBeShorter(long length, int chunks, int last) {
        Content content = new Content(ID, CHUNK, length, 0);
        assertThat(content.chunks()).isEqualTo(chunks);
        assertThat(content.chunkLength(chunks - 1)).isEqualTo(last);
        if (chunks > 1) {
            assertThat(content.chunkLength(0)).isEqualTo(CHUNK);
        }
    }

    @Test
    void anEmptyFileHasNoChunks() {
        Content empty = new Content(ID, CHUNK, 0, 0);
        assertThat(empty.chunks()).isZero();
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> empty.chunkLength(0));
    }

    @Test
    void chunksAreNeitherTooSmallNorTooLarge() {
        assertThat(new Content(ID, Content.MIN_CHUNK_SIZE, 1, 0).chunks()).isEqualTo(1);
        assertThat(new Content(ID, Content.MAX_CHUNK_SIZE, 1, 0).chunks()).isEqualTo(1);
        assertThatIllegalArgumentException().isThrownBy(() -> new Content(ID, Content.MIN_CHUNK_SIZE - 1, 1, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new Content(ID, Content.MAX_CHUNK_SIZE + 1, 1, 0));
    }

    @Test
    void aLengthIsNotNegativeAndHasAsManyChunksAsCanBeCounted() {
        long most = (long) CHUNK * Integer.MAX_VALUE;
        assertThat(new Content(ID, CHUNK, most, 0).chunks()).isEqualTo(Integer.MAX_VALUE);
        assertThatIllegalArgumentException().isThrownBy(() -> new Content(ID, CHUNK, most + 1, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new Content(ID, CHUNK, -1, 0));
    }
}
