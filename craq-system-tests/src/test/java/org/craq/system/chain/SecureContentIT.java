package org.craq.system.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;
import javax.net.ssl.SSLSocket;
import org.craq.client.ClientTls;
import org.craq.client.CraqClient;
import org.craq.client.Credentials;
import org.craq.client.GetOptions;
import org.craq.system.TestCluster;
import org.craq.wire.tls.UserTls;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** A cluster whose contents travel encrypted over the content port, on real servers. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class SecureContentIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final List<String> NODES = List.of("n1", "n2");
    private static final long LENGTH = (300 << 20) + 12_345;
    private static final int SHORT_LENGTH = 3 << 20;
    private static final Duration CLOSED_WITHIN = Duration.ofSeconds(5);

    private TestCluster own;
    private Rest rest;
    private String admin;
    private CraqClient client;

    @BeforeAll
    void start() {
        own = TestCluster.create("secure-content", cluster -> cluster.nodes(2)
                .secure(false)
                // The addresses of this test are those of this machine.
                .property("craq.node.content.mode", "secure"));
        own.cluster().up();
        rest = new Rest(LIMIT, own.cluster().http());
        admin = own.cluster().authorization().orElseThrow();
        String key = new String(Base64.getDecoder().decode(admin.substring("Basic ".length())), StandardCharsets.UTF_8);
        int colon = key.indexOf(':');
        client = CraqClient.builder()
                .manager(own.cluster().managerAddress())
                .tls(ClientTls.trusting(own.cluster().authorities().orElseThrow()))
                .credentials(Credentials.accessKey(key.substring(0, colon), key.substring(colon + 1)))
                .build();
    }

    @AfterAll
    void stop() throws IOException {
        if (client != null) {
            client.close();
        }
        if (own != null) {
            own.close();
        }
    }

    private double metric(String node, String name) {
        return rest.get(URI.create(own.cluster().nodeUrl(node) + "/metrics"), "Authorization", admin)
                .text()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError(node + " has no metric " + name));
    }

    private List<Double> metrics(String name) {
        return NODES.stream().map(node -> metric(node, name)).toList();
    }

    private int contentPort(String node) {
        var status = rest.get(URI.create(own.cluster().nodeUrl(node) + "/v1/admin/status"), "Authorization", admin)
                .json();
        assertThat(status.get("contentMode").getAsString()).isEqualTo("secure");
        return status.get("contentPort").getAsInt();
    }

    /** Stores a short content until all of it has bypassed gRPC, which the client and the head do once they know the ports. */
    private void makeConnections() {
        byte[] content = RandomBytes.array(1, SHORT_LENGTH);
        await().atMost(LIMIT).until(() -> {
            List<Double> before = metrics("craq_content_received_bytes_total");
            client.put("secure/first", new ByteArrayInputStream(content));
            List<Double> after = metrics("craq_content_received_bytes_total");
            return after.get(0) - before.get(0) == SHORT_LENGTH && after.get(1) - before.get(1) == SHORT_LENGTH;
        });
    }

    private long checksum(String name, String node) throws IOException {
        CheckedOutputStream sum = new CheckedOutputStream(OutputStream.nullOutputStream(), new CRC32C());
        assertThat(client.get(name, sum, GetOptions.defaults().withNode(node)).length())
                .isEqualTo(LENGTH);
        return sum.getChecksum().getValue();
    }

    @Test
    void aLongFileBypassesGrpcOnItsWayInAlongTheChainAndOut() throws IOException {
        makeConnections();
        CheckedInputStream content = new CheckedInputStream(new RandomBytes(2, LENGTH), new CRC32C());
        assertThat(metrics("craq_content_encrypted")).containsOnly(1.0);

        List<Double> received = metrics("craq_content_received_bytes_total");
        client.put("secure/long", content);
        List<Double> receivedAfter = metrics("craq_content_received_bytes_total");
        for (int i = 0; i < NODES.size(); i++) {
            assertThat(receivedAfter.get(i) - received.get(i))
                    .as("received by %s on the content port, from the client or by a push", NODES.get(i))
                    .isEqualTo(LENGTH);
        }
        for (String node : NODES) {
            double sent = metric(node, "craq_content_sent_bytes_total");
            assertThat(checksum("secure/long", node))
                    .isEqualTo(content.getChecksum().getValue());
            assertThat(metric(node, "craq_content_sent_bytes_total") - sent)
                    .as("sent by %s on the content port", node)
                    .isEqualTo(LENGTH);
        }
    }

    @Test
    void thePortShowsTheNodesCertificateAndAnswersNothingInClearText() throws IOException {
        for (String node : NODES) {
            int port = contentPort(node);
            try (Socket clear = new Socket(InetAddress.getLoopbackAddress(), port)) {
                clear.setSoTimeout((int) CLOSED_WITHIN.toMillis());
                clear.getOutputStream().write("CRAQ/2\r\n".getBytes(StandardCharsets.US_ASCII));
                assertThat(clear.getInputStream().readNBytes(1000))
                        .as("an alert at most, and no nonce")
                        .hasSizeLessThan(32);
            }
            try (SSLSocket tls =
                    (SSLSocket) UserTls.httpContext(own.cluster().authorities().orElseThrow(), Optional.empty())
                            .getSocketFactory()
                            .createSocket(InetAddress.getLoopbackAddress(), port)) {
                tls.setSoTimeout((int) LIMIT.toMillis());
                tls.startHandshake();
                assertThat(tls.getSession().getProtocol()).isEqualTo("TLSv1.3");
                assertThat(tls.getSession().getPeerCertificates()[0].toString()).contains("/node/" + node);
            }
        }
    }
}
