package org.craq.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ParallelGetTest {
    /** Length of the ranges that are fetched. */
    private static final int PART_BYTES = 8 * Bytes.MIB;

    private static final GetOptions PARALLEL = GetOptions.defaults().withParallel(3);

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

    private byte[] stored(int size) throws IOException {
        byte[] content = Bytes.random(size);
        client.put("f", new ByteArrayInputStream(content));
        return content;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, PART_BYTES, PART_BYTES + 1, 5 * PART_BYTES - 7})
    void theFileIsWholeAndEveryMemberHasSentOfIt(int size) throws IOException {
        byte[] content = stored(size);
        List<Long> progress = Collections.synchronizedList(new ArrayList<>());
        FileInfo info = client.get("f", folder.resolve("f"), PARALLEL.withProgress(progress::add));
        assertThat(folder.resolve("f")).hasBinaryContent(content);
        assertThat(info.length()).isEqualTo(size);
        assertThat(progress).isSorted();
        assertThat(progress.isEmpty() ? 0 : progress.get(progress.size() - 1)).isEqualTo(size);
        if (size > 2 * PART_BYTES) {
            for (int node = 1; node <= 3; node++) {
                assertThat(cluster.node(node).reads).isNotEmpty();
            }
        }
    }

    @Test
    void whatOneMemberCannotSendComesFromAnother() throws IOException {
        byte[] content = stored(4 * PART_BYTES);
        cluster.node(2).dieAfter = 2;
        client.get("f", folder.resolve("f"), PARALLEL);
        assertThat(folder.resolve("f")).hasBinaryContent(content);
    }

    @Test
    void contentThatIsNotWhatWasStoredReplacesNothing() throws IOException {
        stored(2 * PART_BYTES);
        Path target = Files.writeString(folder.resolve("f"), "before");
        cluster.tamperAll();
        assertThatThrownBy(() -> client.get("f", target, PARALLEL))
                .isInstanceOfSatisfying(
                        CraqException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONTENT_DAMAGED));
        assertThat(target).hasContent("before");
        assertThat(folder.toFile().list()).containsExactly("f");
    }

    @Test
    void aMissingFileAndALocalFailureAreSaid() throws IOException {
        assertThatThrownBy(() -> client.get("none", folder.resolve("f"), PARALLEL))
                .isInstanceOfSatisfying(
                        CraqException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND));
        stored(1);
        assertThatThrownBy(() -> client.get("f", folder, PARALLEL)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> client.get("f", folder.resolve("f"), PARALLEL.withOffset(1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> GetOptions.defaults().withParallel(0)).isInstanceOf(IllegalArgumentException.class);
        assertThat(folder.toFile().list()).isEmpty();
    }
}
