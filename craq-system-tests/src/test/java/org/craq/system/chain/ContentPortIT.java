package org.craq.system.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import org.craq.client.CraqClient;
import org.craq.client.FileInfo;
import org.craq.client.GetOptions;
import org.craq.client.Receipt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Transfers over the content port, on real servers. */
@ExtendWith(ChainExtension.class)
@Timeout(300)
class ContentPortIT {
    private static final int LENGTH = 20_000_003;
    private static final int RECORD_HEADER_AND_MORE = 1000;
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final TestChain chain;
    private CraqClient client;

    ContentPortIT(TestChain chain) {
        this.chain = chain;
    }

    /**
     * A client that does not know any content ports: other tests stop servers, which have different ports after their
     * return.
     */
    @BeforeEach
    void connect() {
        client = CraqClient.builder().manager(chain.cluster().managerAddress()).build();
    }

    @AfterEach
    void disconnect() {
        client.close();
    }

    private double metric(String node, String name) {
        return chain.rest()
                .get(URI.create(chain.cluster().nodeUrl(node) + "/metrics"))
                .text()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError(node + " has no metric " + name));
    }

    private List<Double> metrics(String name) {
        return TestChain.NODES.stream().map(node -> metric(node, name)).toList();
    }

    private byte[] read(String name, String node) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        FileInfo info = client.get(name, out, GetOptions.defaults().withNode(node));
        assertThat(info.length()).isEqualTo(out.size());
        return out.toByteArray();
    }

    @Test
    void longContentPassesGrpcOnItsWayInAlongTheChainAndOut() throws IOException {
        byte[] content = RandomBytes.array(70, LENGTH);
        // Pushes bypass gRPC once a first connection to the port has succeeded.
        client.put("port/first", new ByteArrayInputStream(content));
        List<Double> received = metrics("craq_content_received_bytes_total");
        List<Double> sent = metrics("craq_content_sent_bytes_total");

        client.put("port/file", new ByteArrayInputStream(content));
        List<Double> receivedAfter = metrics("craq_content_received_bytes_total");
        for (int i = 0; i < TestChain.NODES.size(); i++) {
            assertThat(receivedAfter.get(i) - received.get(i))
                    .as(TestChain.NODES.get(i))
                    .isEqualTo(LENGTH);
        }
        for (String node : TestChain.NODES) {
            assertThat(read("port/file", node)).isEqualTo(content);
        }
        List<Double> sentAfter = metrics("craq_content_sent_bytes_total");
        for (int i = 0; i < TestChain.NODES.size(); i++) {
            assertThat(sentAfter.get(i) - sent.get(i))
                    .as(TestChain.NODES.get(i))
                    .isEqualTo(LENGTH);
        }
    }

    @Test
    void partsOfChunksAndOfSeveralChunksComeRight() throws IOException {
        byte[] content = RandomBytes.array(71, 5_000_000);
        client.put("port/parts", new ByteArrayInputStream(content));
        int[][] spans = {
            {0, 1}, {0, 1 << 20}, {1, 1 << 20}, {1_048_575, 2}, {65_535, 65_538}, {900_000, 3_000_000}, {4_999_999, 1}
        };
        for (String node : TestChain.NODES) {
            for (int[] span : spans) {
                ByteArrayOutputStream out = new ByteArrayOutputStream();
                client.get(
                        "port/parts", out, GetOptions.defaults().withNode(node).withRange(span[0], span[1]));
                assertThat(out.toByteArray())
                        .as("%d+%d of %s", span[0], span[1], node)
                        .isEqualTo(java.util.Arrays.copyOfRange(content, span[0], span[0] + span[1]));
            }
        }
    }

    @Test
    void aChunkThatRotsIsReadRightAndIsRepaired() throws IOException {
        byte[] content = RandomBytes.array(72, LENGTH);
        Receipt receipt = client.put("port/rotten", new ByteArrayInputStream(content));
        String node = "n2";
        ChunkRows.Place place = new ChunkRows(chain.cluster()).place(node, "port/rotten", receipt.version(), 7);
        double repaired = metric(node, "craq_chunks_repaired_total");
        flip(chain.cluster().data().resolve(node).resolve("chunks").resolve(place.path()), place.position());

        assertThat(read("port/rotten", node)).isEqualTo(content);

        await().atMost(PATIENCE).until(() -> metric(node, "craq_chunks_repaired_total") > repaired);
        double sent = metric(node, "craq_content_sent_bytes_total");
        assertThat(read("port/rotten", node)).isEqualTo(content);
        assertThat(metric(node, "craq_content_sent_bytes_total") - sent).isEqualTo(LENGTH);
    }

    private static void flip(Path segment, long position) throws IOException {
        try (FileChannel file = FileChannel.open(segment, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            assertThat(file.read(one, position + RECORD_HEADER_AND_MORE)).isEqualTo(1);
            one.put(0, (byte) ~one.get(0)).flip();
            assertThat(file.write(one, position + RECORD_HEADER_AND_MORE)).isEqualTo(1);
        }
    }
}
