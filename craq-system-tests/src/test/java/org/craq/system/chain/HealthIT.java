package org.craq.system.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.craq.client.MemberInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The pages and services that operators' tools query. */
@ExtendWith(ChainExtension.class)
class HealthIT {
    private final TestChain chain;

    HealthIT(TestChain chain) {
        this.chain = chain;
    }

    @Test
    void everyMemberOfTheChainSaysThatItServes() {
        for (MemberInfo member : chain.client().chain().members()) {
            HealthGrpc.HealthBlockingStub health = HealthGrpc.newBlockingStub(chain.channel(member));
            await().atMost(Duration.ofSeconds(15))
                    .untilAsserted(() -> assertThat(health.withDeadlineAfter(5, TimeUnit.SECONDS)
                                    .check(HealthCheckRequest.getDefaultInstance())
                                    .getStatus())
                            .as(member.nodeId())
                            .isEqualTo(ServingStatus.SERVING));
            assertThat(chain.status(member.nodeId()).get("serving").getAsBoolean())
                    .isTrue();
        }
    }

    @Test
    void theManagerTellsTheChainAndItsNodes() {
        Rest.Answer chains = chain.rest().get(admin("chains"));
        Rest.Answer nodes = chain.rest().get(admin("nodes"));

        assertThat(chains.status()).isEqualTo(200);
        assertThat(nodes.status()).isEqualTo(200);
        assertThat(chains.text()).contains(TestChain.NODES);
        assertThat(nodes.text()).contains(TestChain.NODES);
    }

    @Test
    void everyServerIsLiveAndReady() {
        for (String url : urls()) {
            Rest.Answer live = chain.rest().get(URI.create(url + "/health/live"));
            assertThat(live.status()).as(url + live.text()).isEqualTo(200);
            assertThat(live.json().get("status").getAsString()).isEqualTo("UP");
            await().atMost(Duration.ofSeconds(15)).untilAsserted(() -> {
                Rest.Answer ready = chain.rest().get(URI.create(url + "/health/ready"));
                assertThat(ready.status()).as(url + ready.text()).isEqualTo(200);
            });
        }
    }

    @Test
    void theMetricsTellWhatUsersDo() throws IOException {
        Map<String, Double> before = metrics(chain.headUrl());
        byte[] content = RandomBytes.array(77, 3_000_000);
        chain.client().put("health/metrics", new ByteArrayInputStream(content));
        for (String url : chain.members().values()) {
            assertThat(chain.rest().get(Rest.file(url, "health/metrics")).status())
                    .isEqualTo(200);
            assertThat(chain.rest().get(Rest.file(url, "health/never-there")).status())
                    .isEqualTo(404);
        }
        Map<String, Double> after = metrics(chain.headUrl());

        assertThat(rise(before, after, "craq_received_bytes_total")).isGreaterThanOrEqualTo(content.length);
        assertThat(rise(before, after, "craq_sent_bytes_total")).isGreaterThanOrEqualTo(content.length);
        assertThat(rise(before, after, "craq_write_seconds_count")).isPositive();
        assertThat(rise(before, after, "craq_force_seconds_count")).isPositive();
        assertThat(rise(before, after, "craq_commit_seconds_count")).isPositive();
        assertThat(rise(before, after, "craq_reads_total{consistency=\"strong\"}"))
                .isGreaterThanOrEqualTo(2);
        assertThat(rise(before, after, "craq_refused_total{code=\"NOT_FOUND\",door=\"rest\"}"))
                .isPositive();
        assertThat(after).containsKeys("craq_dirty_reads_total", "craq_uploads_open", "craq_chunks_repaired_total");
        assertThat(after.get("craq_commit_mark{chain=\"c1\"}")).isPositive();
        assertThat(after.get("jvm_memory_used_bytes{area=\"heap\"}")).isPositive();
    }

    @Test
    void everyMemberTellsWhatCameFromItsPredecessor() throws IOException {
        List<String> urls = List.copyOf(chain.members().values());
        Map<String, Double> before = metrics(urls.get(2));
        byte[] content = RandomBytes.array(78, 2_000_000);

        chain.client().put("health/pushed", new ByteArrayInputStream(content));

        Map<String, Double> after = metrics(urls.get(2));
        assertThat(rise(before, after, "craq_replicated_bytes_total{way=\"push\"}")
                        + rise(before, after, "craq_replicated_bytes_total{way=\"fetch\"}"))
                .isGreaterThanOrEqualTo(content.length);
    }

    @Test
    void theManagersMetricsTellOfTheChain() {
        Map<String, Double> metrics = metrics(chain.cluster().managerUrl());

        assertThat(metrics)
                .containsEntry("craq_manager_leads", 1.0)
                .containsEntry("craq_chain_members{chain=\"c1\"}", (double) TestChain.NODES.size())
                .containsEntry("craq_node_alive{node=\"n2\"}", 1.0)
                .containsKey("craq_member_lag{chain=\"c1\",node=\"n3\"}");
    }

    private List<String> urls() {
        return Stream.concat(
                        chain.members().values().stream(),
                        Stream.of(chain.cluster().managerUrl()))
                .toList();
    }

    /** Returns the values by name and labels. */
    private Map<String, Double> metrics(String url) {
        Rest.Answer page = chain.rest().get(URI.create(url + "/metrics"));
        assertThat(page.status()).as(url).isEqualTo(200);
        assertThat(page.header("Content-Type")).startsWith("text/plain");
        return page.text()
                .lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.split(" (?=[^ ]*$)"))
                .collect(Collectors.toMap(
                        parts -> parts[0], parts -> Double.valueOf(parts[1].replace("Inf", "Infinity"))));
    }

    private static double rise(Map<String, Double> before, Map<String, Double> after, String name) {
        assertThat(after).containsKey(name);
        return after.get(name) - before.getOrDefault(name, 0.0);
    }

    private URI admin(String page) {
        return URI.create(chain.cluster().managerUrl() + "/v1/admin/" + page);
    }
}
