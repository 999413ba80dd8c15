package org.craq.client.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.craq.wire.content.Checksum;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResumableSourceTest {
    private static final int PIECE = 100;
    private static final int LENGTH = 1050;

    @TempDir
    private Path folder;

    private final byte[] content = new byte[LENGTH];
    private final List<Long> positions = new ArrayList<>();

    private Path path() throws IOException {
        new Random(1).nextBytes(content);
        return Files.write(folder.resolve("file"), content);
    }

    private static void readAll(ResumableSource source) throws IOException {
        Optional<ResumableSource.Piece> piece = source.next();
        while (piece.isPresent()) {
            piece = source.next();
        }
    }

    private void assertAt(ResumableSource source, int offset) {
        assertThat(source.position()).isEqualTo(offset);
        assertThat(source.crc32c()).isEqualTo(Checksum.of(ByteBuffer.wrap(content, 0, offset)));
    }

    @Test
    void piecesAreThoseOfTheFile() throws IOException {
        Path path = path();
        try (FileSource file = new FileSource(path);
                ResumableSource source = new ResumableSource(file, path, PIECE)) {
            assertAt(source, 0);
            source.moveTo(130, positions::add);
            assertThat(positions).containsExactly(100L, 130L);
            assertAt(source, 130);
            ResumableSource.Piece piece = source.next().orElseThrow();
            byte[] bytes = new byte[PIECE];
            piece.bytes().get(bytes);
            assertThat(piece.offset()).isEqualTo(130);
            assertThat(bytes).isEqualTo(Arrays.copyOfRange(content, 130, 230));
            assertThat(piece.crc32c()).isEqualTo(Checksum.of(ByteBuffer.wrap(bytes)));
            readAll(source);
            assertAt(source, LENGTH);
            source.verify();
        }
    }

    @Test
    void goesBackWithoutReadingEverythingAgain() throws IOException {
        Path path = path();
        try (FileSource file = new FileSource(path);
                ResumableSource source = new ResumableSource(file, path, PIECE)) {
            readAll(source);
            source.moveTo(400, positions::add);
            assertThat(positions).isEmpty();
            assertAt(source, 400);
            source.moveTo(333, positions::add);
            assertThat(positions).containsExactly(333L);
            assertAt(source, 333);
            source.moveTo(0, positions::add);
            assertAt(source, 0);
            readAll(source);
            assertAt(source, LENGTH);
            source.verify();
        }
    }

    @Test
    void noticesThatTheFileHasBecomeShorter() throws IOException {
        Path path = path();
        try (FileSource file = new FileSource(path);
                ResumableSource source = new ResumableSource(file, path, PIECE)) {
            Files.write(path, Arrays.copyOf(content, 200));
            assertThatThrownBy(() -> source.moveTo(500, positions::add)).isInstanceOf(FileSystemException.class);
            assertThatThrownBy(source::verify).isInstanceOf(FileSystemException.class);
        }
    }
}
