package org.craq.node.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.craq.core.chain.Seq;
import org.craq.core.file.Content;
import org.craq.core.file.ContentId;
import org.craq.node.metrics.NodeMeters;
import org.craq.node.store.ChunkStore;
import org.craq.node.store.DiskReserve;
import org.craq.node.store.Doubt;
import org.craq.node.store.FaultyDisk;
import org.craq.node.store.StagedContent;
import org.craq.wire.content.Checksum;
import org.junit.jupiter.api.Test;

class ContentSourceTest {
    private static final int CHUNK = 4096;
    private static final Duration PATIENCE = Duration.ofMillis(600);

    private final FaultyDisk disk = new FaultyDisk(new Random(5));
    private final ChunkStore store =
            new ChunkStore(disk, new DiskReserve(disk, OptionalLong.of(0)), Map.of(), Doubt.NONE, Set.of());
    private final ContentId id = new ContentId(UUID.randomUUID());
    private final StagedContent pushed = store.stage(id);
    private final AtomicBoolean enough = new AtomicBoolean();
    /** There is nobody to fetch from. */
    private final ContentSource source =
            new ContentSource(store, null, Optional::empty, new NodeMeters(new PrometheusRegistry()), PATIENCE);

    private CompletableFuture<Optional<StagedContent>> obtain() {
        MissingContent wanted = new MissingContent(new Content(id, CHUNK, 2L * CHUNK, 0), new Seq(1));
        return CompletableFuture.supplyAsync(() -> {
            try {
                return source.obtain(wanted, enough::get);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private void append() {
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
        pushed.append(chunk, Checksum.of(chunk));
    }

    @Test
    void aPushIsWaitedForWhileItsBytesCome() throws Exception {
        append();
        CompletableFuture<Optional<StagedContent>> obtained = obtain();
        // One chunk takes several times as long as the patience lasts.
        for (int i = 0; i < 20; i++) {
            Thread.sleep(PATIENCE.toMillis() / 6);
            pushed.comes();
        }
        assertThat(obtained).isNotDone();
        append();
        assertThat(obtained.join()).containsSame(pushed);
    }

    @Test
    void aPushThatBringsNothingIsGivenUp() {
        append();
        CompletableFuture<Optional<StagedContent>> obtained = obtain();
        await().until(() -> store.staged(id).isEmpty());
        enough.set(true);
        assertThat(obtained.join()).isEmpty();
    }
}
