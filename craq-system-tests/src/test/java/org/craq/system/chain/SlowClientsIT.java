package org.craq.system.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import org.craq.client.MemberInfo;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Clients of every interface that send or read almost nothing, more of them than a server has threads: other clients
 * are still answered.
 */
@ExtendWith(ChainExtension.class)
@Timeout(300)
class SlowClientsIT {
    private static final int COUNT = 40;
    private static final String LONG_FILE = "slow/read";
    private static final String SHORT_FILE = "slow/short";
    private static final Duration AT_ONCE = Duration.ofSeconds(5);
    /** Permits of long uploads are taken from clients that do not use them, several at a time. */
    private static final Duration SOON = Duration.ofSeconds(30);

    private final TestChain chain;
    private final Rest hurried = new Rest(AT_ONCE);
    private final Rest patient = new Rest(SOON);

    SlowClientsIT(TestChain chain) {
        this.chain = chain;
    }

    @BeforeEach
    void files() {
        chain.rest().put(file(LONG_FILE), RandomBytes.array(41, 20 << 20));
        chain.rest().put(file(SHORT_FILE), new byte[] {1, 2, 3});
    }

    private URI file(String name) {
        return URI.create(chain.headUrl() + "/v1/files/" + name);
    }

    private void assertOthersAreAnswered() {
        for (int i = 0; i < 3; i++) {
            assertThat(hurried.get(URI.create(chain.headUrl() + "/health/live")).status())
                    .isEqualTo(200);
            assertThat(hurried.get(URI.create(chain.headUrl() + "/metrics")).status())
                    .isEqualTo(200);
            assertThat(hurried.get(file(SHORT_FILE)).status()).isEqualTo(200);
        }
        assertThat(patient.put(file("slow/nine"), RandomBytes.array(42, 9_000_000))
                        .status())
                .isIn(200, 201);
    }

    @Test
    void bodiesThatDoNotComeHoldNobodyUp() throws IOException {
        try (SlowClients slow = new SlowClients(chain.headUrl())) {
            slow.sendBodies(COUNT);
            assertOthersAreAnswered();
        }
    }

    @Test
    void longUploadsThatDoNotComeOnLoseTheirTurns() throws IOException {
        try (SlowClients slow = new SlowClients(chain.headUrl())) {
            slow.sendLongBodies(COUNT);
            assertOthersAreAnswered();
            // Each of them is tolerated for half a minute at most.
            await().atMost(Duration.ofMinutes(2)).until(() -> slow.cutOff() == COUNT);
        }
    }

    @Test
    void answersThatAreNotTakenHoldNobodyUp() throws IOException {
        try (SlowClients slow = new SlowClients(chain.headUrl())) {
            slow.takeNothing(COUNT, LONG_FILE);
            assertOthersAreAnswered();
        }
    }

    @Test
    void streamsAndConnectionsThatStandStillHoldNobodyUp() throws IOException {
        MemberInfo head = chain.client().chain().members().get(0);
        ManagedChannel channel = ManagedChannelBuilder.forTarget(head.grpcAddress())
                .usePlaintext()
                .build();
        int port = chain.status(head.nodeId()).get("contentPort").getAsInt();
        try (SlowClients slow = new SlowClients(chain.headUrl())) {
            slow.callByGrpc(COUNT, channel, LONG_FILE);
            slow.callAtContentPort(300, port);
            assertOthersAreAnswered();
            chain.client().put("slow/by-client", new ByteArrayInputStream(RandomBytes.array(43, 9_000_000)));
        }
    }

    @Test
    void theManagerAnswersToo() throws IOException {
        URI manager = URI.create(chain.cluster().managerUrl());
        try (SlowClients slow = new SlowClients(manager.toString())) {
            slow.sendBodies(COUNT);
            slow.takeNothing(COUNT, LONG_FILE);
            for (String page : new String[] {"/health/live", "/metrics", "/v1/admin/status"}) {
                assertThat(hurried.get(manager.resolve(page)).status()).as(page).isEqualTo(200);
            }
        }
    }
}
