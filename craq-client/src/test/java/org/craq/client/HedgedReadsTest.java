package org.craq.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A few reads do not wait for a member that is slow to start its answer. */
class HedgedReadsTest {
    /** After so many answers it is known what is slow. */
    private static final int ENOUGH = 20;

    @Test
    void aReadGoesOnAtASecondMemberWhenTheFirstIsSilent() throws IOException {
        byte[] content = Bytes.random(3 * Bytes.MIB);
        try (FakeCluster cluster = new FakeCluster();
                CraqClient client = cluster.client().hedgedReads(true).build()) {
            client.put("file", new ByteArrayInputStream(content));
            for (int i = 0; i < ENOUGH; i++) {
                assertThat(read(client)).isEqualTo(content);
            }
            FakeNode first = cluster.nodes.stream()
                    .filter(node -> !node.reads.isEmpty())
                    .findFirst()
                    .orElseThrow();
            first.silent = true;
            long begun = System.nanoTime();
            assertThat(read(client)).isEqualTo(content);
            // After the progress timeout of 5 s, another member would be asked in any case.
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(4));
            assertThat(cluster.nodes.stream().filter(node -> !node.reads.isEmpty()))
                    .hasSizeGreaterThan(1);
        }
    }

    /** The first member is slow and the second fails: the third is asked, and the second is not asked again. */
    @Test
    void aSecondMemberThatFailsIsAvoidedToo() throws IOException {
        byte[] content = Bytes.random(3 * Bytes.MIB);
        try (FakeCluster cluster = new FakeCluster();
                CraqClient client = cluster.client().hedgedReads(true).build()) {
            client.put("file", new ByteArrayInputStream(content));
            for (int i = 0; i < ENOUGH; i++) {
                assertThat(read(client)).isEqualTo(content);
            }
            cluster.nodes.get(2).silent = true;
            cluster.nodes.get(1).dieAfter = 1;
            assertThat(read(client)).isEqualTo(content);
            assertThat(cluster.nodes.get(1).reads).hasSize(1);
            assertThat(cluster.nodes.get(0).reads).hasSize(1);
        }
    }

    private static byte[] read(CraqClient client) throws IOException {
        ByteArrayOutputStream target = new ByteArrayOutputStream();
        client.get("file", target);
        return target.toByteArray();
    }
}
