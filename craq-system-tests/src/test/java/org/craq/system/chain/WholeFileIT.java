package org.craq.system.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.craq.client.FileInfo;
import org.craq.client.GetOptions;
import org.craq.client.Receipt;
import org.craq.system.Folders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whole files of all sizes are stored by both interfaces and read back, byte for byte, from every node by both
 * interfaces.
 */
@ExtendWith(ChainExtension.class)
class WholeFileIT {
    private static final int MIB = 1 << 20;

    private final TestChain chain;

    WholeFileIT(TestChain chain) {
        this.chain = chain;
    }

    @Test
    void aFileOfOverAHundredMebibytesIsOnEveryNode() throws IOException {
        long length = 104L * MIB + 4711;
        Path source = Folders.target().resolve("large-source.bin");
        try {
            Files.copy(new RandomBytes(1, length), source, StandardCopyOption.REPLACE_EXISTING);
            String expected = Digest.of(target -> Files.copy(source, target));

            Receipt receipt = chain.client().put("whole/large", source);

            assertThat(receipt.length()).isEqualTo(length);
            assertThat(receipt.members()).containsExactlyInAnyOrderElementsOf(TestChain.NODES);
            everyNodeGives("whole/large", expected);
            everyNodeHasCleanRows("whole/large", receipt);
        } finally {
            Files.deleteIfExists(source);
        }
    }

    private void everyNodeHasCleanRows(String name, Receipt receipt) {
        long chunks = (receipt.length() + MIB - 1) / MIB;
        List<ChunkRows.Holding> expected = TestChain.NODES.stream()
                .map(node ->
                        new ChunkRows.Holding(node, "CLEAN", chunks, 0, Math.toIntExact(chunks) - 1, receipt.length()))
                .toList();
        ChunkRows rows = new ChunkRows(chain.cluster());
        await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> assertThat(rows.of(name, receipt.version()))
                .isEqualTo(expected));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, MIB - 1, MIB, MIB + 1})
    void sizesAroundAChunkComeBackWhole(int length) throws IOException {
        byte[] content = RandomBytes.array(length, length);

        Path source = Files.createTempFile(Folders.target(), "size", ".bin");
        try {
            Files.write(source, content);
            chain.client().put("whole/by-grpc-" + length, source);
        } finally {
            Files.delete(source);
        }
        Rest.Answer answer = chain.rest().put(Rest.file(chain.headUrl(), "whole/by-rest-" + length), content);

        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        assertThat(answer.json().get("length").getAsInt()).isEqualTo(length);
        everyNodeGives("whole/by-grpc-" + length, Digest.of(content));
        everyNodeGives("whole/by-rest-" + length, Digest.of(content));
        assertThat(chain.client().stat("whole/by-rest-" + length).length()).isEqualTo(length);
        Rest.Answer head = chain.rest().head(Rest.file(chain.cluster().nodeUrl("n2"), "whole/by-rest-" + length));
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.header("Content-Length")).isEqualTo(Integer.toString(length));
    }

    @Test
    void aLargeUploadThroughTheManagerGoesToTheHeadBeforeItsBodyIsSent() throws IOException {
        long length = 20L * MIB + 3;
        MeasuredInput content = new MeasuredInput(new RandomBytes(2, length));

        Rest.Answer answer = chain.rest()
                .putExpectingContinue(
                        Rest.file(chain.cluster().managerUrl(), "whole/expect"),
                        BodyPublishers.fromPublisher(BodyPublishers.ofInputStream(() -> content), length));

        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        assertThat(answer.json().get("length").getAsLong()).isEqualTo(length);
        everyNodeGives("whole/expect", content.digest());
    }

    @Test
    void theManagerNamesTheHeadForWritesAndAServingNodeForReads() throws IOException {
        byte[] content = RandomBytes.array(3, 3 * MIB + 5);
        URI asked = Rest.file(chain.cluster().managerUrl(), "whole/redirected %?;");

        Rest.Answer write = chain.rest().put(asked, new byte[0]);
        assertThat(write.status()).isEqualTo(307);
        assertThat(write.header("Location")).startsWith(chain.headUrl() + "/v1/files/");
        assertThat(chain.rest()
                        .put(URI.create(write.header("Location")), content)
                        .status())
                .isEqualTo(201);

        Rest.Answer read = chain.rest().get(asked);
        assertThat(read.status()).isEqualTo(307);
        assertThat(chain.members().values())
                .anyMatch(base -> read.header("Location").startsWith(base + "/"));
        everyNodeGives("whole/redirected %?;", Digest.of(content));
    }

    @Test
    void aMemberThatIsNotTheHeadSendsWritesThere() {
        String tailUrl = List.copyOf(chain.members().values()).get(TestChain.NODES.size() - 1);

        Rest.Answer answer = chain.rest().put(Rest.file(tailUrl, "whole/at-the-tail"), new byte[] {1});

        assertThat(answer.status()).isEqualTo(307);
        assertThat(answer.header("Location")).isEqualTo(chain.headUrl() + "/v1/files/whole/at-the-tail");
    }

    /** A file of more bytes than an int can count; enabled by {@code -Dcraq.it.big=true}. */
    @Test
    @EnabledIfSystemProperty(named = "craq.it.big", matches = "true")
    @Timeout(value = 60, unit = TimeUnit.MINUTES)
    void aFileOfMoreThanFourGibibytesIsOnEveryNode() throws IOException {
        long length = (4L << 30) + 3L * MIB + 17;
        MeasuredInput content = new MeasuredInput(new RandomBytes(4, length));
        long begin = System.nanoTime();

        Receipt receipt = chain.client().put("whole/big", content);
        report("stored", length, begin);

        assertThat(receipt.length()).isEqualTo(length);
        String expected = content.digest();
        for (String node : TestChain.NODES) {
            begin = System.nanoTime();
            assertThat(byGrpc("whole/big", node)).as(node).isEqualTo(expected);
            report("read by gRPC from " + node, length, begin);
        }
        begin = System.nanoTime();
        assertThat(chain.rest().digest(Rest.file(chain.cluster().managerUrl(), "whole/big")))
                .isEqualTo(expected);
        report("read by REST", length, begin);
        Rest.Answer last = chain.rest()
                .get(Rest.file(chain.cluster().nodeUrl("n1"), "whole/big"), "Range", "bytes=" + (length - 1) + "-");
        assertThat(last.status()).isEqualTo(206);
        assertThat(last.header("Content-Range")).isEqualTo("bytes " + (length - 1) + "-" + (length - 1) + "/" + length);
        everyNodeHasCleanRows("whole/big", receipt);
        chain.client().delete("whole/big");
    }

    private static void report(String what, long bytes, long begin) {
        double seconds = (System.nanoTime() - begin) / 1e9;
        System.out.printf("%d bytes %s in %.1f s: %.1f MiB/s%n", bytes, what, seconds, bytes / seconds / MIB);
    }

    private void everyNodeGives(String name, String expected) throws IOException {
        for (String node : TestChain.NODES) {
            assertThat(byGrpc(name, node))
                    .as("'%s' by gRPC from %s", name, node)
                    .isEqualTo(expected);
            assertThat(chain.rest().digest(Rest.file(chain.cluster().nodeUrl(node), name)))
                    .as("'%s' by REST from %s", name, node)
                    .isEqualTo(expected);
        }
        assertThat(chain.rest().digest(Rest.file(chain.cluster().managerUrl(), name)))
                .as("'%s' by REST through the manager", name)
                .isEqualTo(expected);
    }

    private String byGrpc(String name, String node) throws IOException {
        return Digest.of(target -> {
            FileInfo read =
                    chain.client().get(name, target, GetOptions.defaults().withNode(node));
            if (!read.name().equals(name)) {
                throw new FileNotFoundException("asked for '" + name + "', got '" + read.name() + "'");
            }
        });
    }
}
