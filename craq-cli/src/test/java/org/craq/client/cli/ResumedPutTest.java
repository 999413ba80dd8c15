package org.craq.client.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.craq.client.CraqClient;
import org.craq.client.FakeCluster;
import org.craq.client.PutOptions;
import org.craq.client.Receipt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResumedPutTest {
    private static final int MIB = 1 << 20;
    private static final String NAME = "large";
    private static final FileTime LONG_AGO = FileTime.from(Instant.ofEpochSecond(5));

    @TempDir
    private Path folder;

    private final List<String> notes = new ArrayList<>();
    private FakeCluster cluster;
    private CraqClient client;
    private FakeUploads uploads;
    private Path source;
    private byte[] content;

    @BeforeEach
    void start() throws IOException {
        cluster = new FakeCluster();
        client = cluster.client().build();
        uploads = new FakeUploads(client, NAME);
        cluster.httpUrl(uploads.url());
        content = random(3 * MIB + 5);
        source = Files.write(folder.resolve("source"), content);
        Files.setLastModifiedTime(source, LONG_AGO);
    }

    @AfterEach
    void stop() {
        uploads.close();
        client.close();
        cluster.close();
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    private UploadMemory memory() throws IOException {
        return new UploadMemory(folder.resolve("state"), "manager", NAME, source, PutOptions.defaults());
    }

    private Receipt put() throws IOException {
        return new ResumedPut(client, memory(), Duration.ofSeconds(5), notes::add)
                .run(NAME, source, PutOptions.defaults());
    }

    private byte[] stored() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        client.get(NAME, out);
        return out.toByteArray();
    }

    private boolean nothingIsStored() {
        return !client.listAll("").iterator().hasNext();
    }

    /** Changes a byte in place, optionally restoring the time of modification. */
    private void change(int at, boolean hidden) {
        try (var channel = Files.newByteChannel(source, StandardOpenOption.WRITE)) {
            channel.position(at).write(java.nio.ByteBuffer.allocate(100));
            if (hidden) {
                Files.setLastModifiedTime(source, LONG_AGO);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void theEndIsHeldBackUntilAllElseIsThere() throws IOException {
        uploads.afterPart = () -> {
            if (uploads.requests.stream().filter("PATCH"::equals).count() == 1) {
                assertThat(nothingIsStored()).isTrue();
            }
        };
        assertThat(put().length()).isEqualTo(content.length);
        assertThat(stored()).isEqualTo(content);
        assertThat(uploads.requests).containsExactly("POST", "PATCH", "HEAD", "PATCH");
        assertThat(memory().begun()).isEmpty();
    }

    @Test
    void aFileThatChangesMeanwhileIsNotStored() throws IOException {
        for (boolean hidden : new boolean[] {false, true}) {
            uploads.afterPart = () -> change(MIB, hidden);
            assertThatThrownBy(this::put)
                    .isInstanceOf(FileSystemException.class)
                    .hasMessageContaining("changed while it was being stored; nothing was stored");
            assertThat(nothingIsStored()).isTrue();
            assertThat(uploads.requests).last().isEqualTo("DELETE");
            assertThat(memory().begun()).isEmpty();
            Files.write(source, content);
            Files.setLastModifiedTime(source, LONG_AGO);
        }
    }

    @Test
    void aFileThatHasBecomeShorterIsNotStored() throws IOException {
        uploads.breakAfter = MIB;
        uploads.afterPart = () -> {};
        PutOptions shortened = PutOptions.defaults().withProgress(position -> truncate());
        assertThatThrownBy(() -> new ResumedPut(client, memory(), Duration.ofSeconds(5), notes::add)
                        .run(NAME, source, shortened))
                .isInstanceOf(FileSystemException.class);
        assertThat(nothingIsStored()).isTrue();
    }

    private void truncate() {
        try (var channel = Files.newByteChannel(source, StandardOpenOption.WRITE)) {
            channel.truncate(10);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void anUploadThatBrokeGoesOn() throws IOException {
        uploads.breakAfter = MIB + 7;
        assertThat(put().length()).isEqualTo(content.length);
        assertThat(stored()).isEqualTo(content);
    }

    @Test
    void whatWasBegunWithOtherContentIsNotGoneOnWith() throws IOException {
        uploads.breakAfter = MIB;
        // As if the program had ended here.
        uploads.afterPart = () -> {
            throw new IllegalStateException("not reached");
        };
        breakOffAfterOnePart();
        change(10, true);
        byte[] now = Files.readAllBytes(source);
        uploads.afterPart = () -> {};
        put();
        assertThat(notes).anyMatch(note -> note.contains("starting over"));
        assertThat(stored()).isEqualTo(now);
    }

    @Test
    void whatWasBegunWithTheSameContentIsGoneOnWith() throws IOException {
        breakOffAfterOnePart();
        put();
        assertThat(notes).contains("resuming after " + MIB + " of " + content.length + " bytes");
        assertThat(stored()).isEqualTo(content);
    }

    /** Leaves an upload with one MiB, and the record of it. */
    private void breakOffAfterOnePart() throws IOException {
        UploadNodes nodes = new UploadNodes(client, Duration.ofSeconds(5));
        UploadNodes.Made made = nodes.create(NAME, content.length, PutOptions.defaults());
        memory().begin(made.path());
        uploads.breakAfter = MIB;
        assertThatThrownBy(() ->
                        nodes.send(made.path(), 0, new java.io.ByteArrayInputStream(content), content.length, () -> 0))
                .isInstanceOf(UploadNodes.Failed.class)
                .hasMessageContaining("the connection was lost");
    }
}
