package org.craq.system.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.craq.client.MemberInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What operators' tools ask. */
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

    private URI admin(String page) {
        return URI.create(chain.cluster().managerUrl() + "/v1/admin/" + page);
    }
}
