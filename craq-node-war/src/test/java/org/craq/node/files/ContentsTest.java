package org.craq.node.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.craq.core.chain.NodeId;
import org.craq.core.file.Body;
import org.craq.core.file.Content;
import org.craq.core.file.ContentId;
import org.craq.node.metadata.HotChunks;
import org.craq.node.metadata.HotFiles;
import org.craq.node.metadata.Metadata;
import org.craq.node.metrics.NodeMeters;
import org.craq.node.replication.OpenContents;
import org.craq.node.store.ChunkLocation;
import org.craq.node.store.StoreRig;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.junit.jupiter.api.Test;

/** A reader gets all bytes of its version, whatever happens to them on this node's disk meanwhile. */
class ContentsTest {
    private static final int CHUNK = Content.MIN_CHUNK_SIZE;

    private final StoreRig rig = new StoreRig(new Random(9));
    private final List<Runnable> betweenLookAndHold = new ArrayList<>();
    private boolean databaseAnswers = true;
    private final HotChunks hot = new HotFiles(1 << 20).chunks();
    private final Contents contents = new Contents(
            new NodeId("n1"),
            new Places(),
            hot,
            rig.store,
            rig.repair,
            new OpenContents(),
            new NodeMeters(new PrometheusRegistry()));

    /** Metadata that knows only the locations of chunks. */
    private final class Places extends Metadata {
        @Override
        public List<ChunkLocation> chunks(NodeId node, ContentId content, int first, int count) {
            if (!databaseAnswers) {
                throw new IllegalStateException("the database is away");
            }
            List<ChunkLocation> found = rig.index.all().stream()
                    .filter(chunk ->
                            chunk.content().equals(content) && chunk.index() >= first && chunk.index() < first + count)
                    .map(chunk -> chunk.location())
                    .toList();
            betweenLookAndHold.forEach(Runnable::run);
            betweenLookAndHold.clear();
            return found;
        }
    }

    private final ContentId id = rig.stored(CHUNK, CHUNK, 100);
    private final Content content = new Content(id, CHUNK, 2L * CHUNK + 100, 0);
    private final Body body = Body.of(content);

    private byte[] expected() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        rig.model.get(id).forEach(bytes::writeBytes);
        return bytes.toByteArray();
    }

    private static byte[] rest(Contents.Range range) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        while (range.hasNext()) {
            ByteBuffer next = range.next().bytes();
            while (next.hasRemaining()) {
                bytes.write(next.get());
            }
        }
        return bytes.toByteArray();
    }

    @Test
    void givesAnyRange() {
        try (Contents.Range all = contents.range(body, 0, body.length());
                Contents.Range part = contents.range(body, CHUNK - 10, 20)) {
            assertThat(rest(all)).isEqualTo(expected());
            assertThat(rest(part)).isEqualTo(Arrays.copyOfRange(expected(), CHUNK - 10, CHUNK + 10));
        }
    }

    @Test
    void aBodyOfSeveralContentsIsReadAsOne() {
        ContentId second = rig.stored(5);
        ContentId third = rig.stored(CHUNK, 7);
        Body several = new Body(
                List.of(
                        content,
                        new Content(second, Content.MAX_CHUNK_SIZE, 5, 0),
                        new Content(third, CHUNK, CHUNK + 7L, 0)),
                0);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        List.of(id, second, third).forEach(each -> rig.model.get(each).forEach(bytes::writeBytes));
        byte[] whole = bytes.toByteArray();
        assertThat(several.length()).isEqualTo(whole.length);
        for (int from = 0; from <= whole.length; from += 97) {
            for (int to : new int[] {from, from + 1, from + 300, whole.length}) {
                int end = Math.min(to, whole.length);
                try (Contents.Range range = contents.range(several, from, end - from)) {
                    assertThat(range.position()).isEqualTo(from);
                    assertThat(rest(range)).as(from + " to " + end).isEqualTo(Arrays.copyOfRange(whole, from, end));
                    assertThat(range.position()).isEqualTo(end);
                }
            }
        }
    }

    @Test
    void amongManyReadersOneGetsLittleAtOnce() {
        int length = (192 << 10) + 5;
        ContentId large = rig.stored(length);
        byte[] bytes = rig.model.get(large).get(0);
        List<Contents.Range> readers = new ArrayList<>();
        for (int i = 0; i < 17; i++) {
            readers.add(
                    contents.range(Body.of(new Content(large, Content.MAX_CHUNK_SIZE, length, 0)), 100, length - 100));
        }
        Contents.Range one = readers.get(0);
        assertThat(one.next().bytes()).isEqualTo(ByteBuffer.wrap(bytes, 100, (64 << 10) - 100));
        assertThat(one.next().bytes()).isEqualTo(ByteBuffer.wrap(bytes, 64 << 10, 64 << 10));
        readers.get(1).close();
        assertThat(rest(one)).isEqualTo(Arrays.copyOfRange(bytes, 128 << 10, length));
        readers.forEach(Contents.Range::close);
    }

    @Test
    void aDamagedChunkComesFromAnotherMemberAndIsRepaired() {
        rig.spoil(rig.index.all().get(1));
        try (Contents.Range all = contents.range(body, 0, body.length())) {
            assertThat(rest(all)).isEqualTo(expected());
        }
        assertThat(rig.repair.counts().repaired()).isEqualTo(1);
        rig.othersAnswer = false;
        try (Contents.Range all = contents.range(body, 0, body.length())) {
            assertThat(rest(all)).isEqualTo(expected());
        }
    }

    @Test
    void aChunkThatNobodyHasIsRefused() {
        rig.prune(id);
        rig.stored(10);
        try (Contents.Range all = contents.range(body, 0, body.length())) {
            assertThatThrownBy(() -> rest(all)).isInstanceOfSatisfying(CraqException.class, e -> assertThat(e.code())
                    .isEqualTo(ErrorCode.CONTENT_DAMAGED));
        }
    }

    @Test
    void aReaderThatHasBegunKeepsItsBytesWhenTheVersionIsPrunedAndCompacted() {
        byte[] bytes = expected();
        try (Contents.Range all = contents.range(body, 0, body.length())) {
            ByteBuffer first = all.next().bytes();
            assertThat(first).isEqualTo(ByteBuffer.wrap(bytes, 0, CHUNK));
            rig.prune(id);
            rig.compact();
            assertThat(rest(all)).isEqualTo(Arrays.copyOfRange(bytes, CHUNK, bytes.length));
        }
        assertThat(rig.store.sizes()).isEmpty();
    }

    private byte[] all() {
        try (Contents.Range all = contents.range(body, 0, body.length())) {
            return rest(all);
        }
    }

    @Test
    void whatWasReadBeforeIsReadWithoutTheDatabase() {
        assertThat(all()).isEqualTo(expected());
        databaseAnswers = false;
        assertThat(all()).isEqualTo(expected());
        hot.moved(id, 0);
        assertThatThrownBy(this::all).isInstanceOfSatisfying(CraqException.class, e -> assertThat(e.code())
                .isEqualTo(ErrorCode.DATABASE_UNAVAILABLE));
    }

    @Test
    void rememberedPlacesThatChunksHaveLeftAreLookedUpAnew() {
        assertThat(all()).isEqualTo(expected());
        ContentId other = rig.stored(100, 3000);
        rig.prune(other);
        rig.compact();
        assertThat(all()).isEqualTo(expected());
    }

    @Test
    void aContentThatWasJustWrittenIsReadWithoutALook() {
        List<ChunkLocation> chunks =
                rig.index.all().stream().map(chunk -> chunk.location()).toList();
        hot.recorded(id, chunks);
        databaseAnswers = false;
        assertThat(all()).isEqualTo(expected());
    }

    @Test
    void anAnswerThatLacksChunksIsNotRemembered() {
        rig.prune(id);
        assertThatThrownBy(this::all).isInstanceOf(CraqException.class);
        databaseAnswers = false;
        assertThatThrownBy(this::all).isInstanceOfSatisfying(CraqException.class, e -> assertThat(e.code())
                .isEqualTo(ErrorCode.DATABASE_UNAVAILABLE));
    }

    @Test
    void chunksThatMoveWhileTheyAreLookedUpAreFound() {
        ContentId other = rig.stored(100, 3000);
        rig.prune(other);
        betweenLookAndHold.add(rig::compact);
        try (Contents.Range all = contents.range(body, 0, body.length())) {
            assertThat(rest(all)).isEqualTo(expected());
        }
    }
}
