package org.craq.system.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.craq.client.Consistency;
import org.craq.client.FileInfo;
import org.craq.client.Freshness;
import org.craq.client.GetOptions;
import org.craq.client.ListOptions;
import org.craq.client.Receipt;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The requested and the reported freshness of answers, and sessions that see their own writes on every node. */
@ExtendWith(ChainExtension.class)
class FreshnessIT {
    private final TestChain chain;

    FreshnessIT(TestChain chain) {
        this.chain = chain;
    }

    @Test
    void aSessionSeesItsOwnWriteAtOnceOnEveryNodeEvenByEventualReads() throws IOException {
        for (int round = 0; round < 30; round++) {
            String text = "round " + round;
            Receipt receipt = chain.client().put("session", stream(text));
            for (String node : TestChain.NODES) {
                Freshness mine = Freshness.of(Consistency.EVENTUAL).notBefore(receipt.session());
                ByteArrayOutputStream target = new ByteArrayOutputStream();
                FileInfo info = chain.client()
                        .get(
                                "session",
                                target,
                                GetOptions.defaults().withNode(node).withFreshness(mine));
                assertThat(target.toString(StandardCharsets.UTF_8)).as(node).isEqualTo(text);
                assertThat(info.answered().node()).isEqualTo(node);
            }
        }
    }

    @Test
    void everyAnswerSaysWhatItIs() throws IOException {
        chain.client().put("levels", stream("x"));
        for (String node : TestChain.NODES) {
            assertThat(level(node, Freshness.strong())).isEqualTo(Consistency.STRONG);
            assertThat(level(node, Freshness.of(Consistency.EVENTUAL))).isEqualTo(Consistency.EVENTUAL);
            assertThat(level(node, Freshness.of(Consistency.UNCOMMITTED))).isEqualTo(Consistency.UNCOMMITTED);
            assertThat(level(node, Freshness.within(Duration.ofSeconds(5))))
                    .isIn(Consistency.BOUNDED, Consistency.STRONG);
            assertThat(level(node, Freshness.lagging(3))).isIn(Consistency.BOUNDED, Consistency.STRONG);
            URI uri = URI.create(Rest.file(chain.cluster().nodeUrl(node), "levels") + "?consistency=eventual");
            Rest.Answer answer = chain.rest().get(uri);
            assertThat(answer.header("X-Craq-Consistency")).isEqualTo("eventual");
            assertThat(answer.header("X-Craq-Session")).startsWith("c1:");
            assertThat(answer.header("X-Craq-Node")).isEqualTo(node);
        }
        assertThat(chain.client()
                        .list(ListOptions.all().withFreshness(Freshness.of(Consistency.EVENTUAL)))
                        .files())
                .allMatch(file -> file.answered().consistency() == Consistency.EVENTUAL);
    }

    @Test
    void aSessionOfAnotherHistoryIsRefusedAndSaysWhatToDo() throws IOException {
        chain.client().put("foreign", stream("x"));
        for (String token : new String[] {"c1:99-1", "c1:1-999999999", "other:1-1", "nonsense"}) {
            assertThatThrownBy(() -> chain.client()
                            .stat(
                                    "foreign",
                                    GetOptions.defaults()
                                            .withFreshness(Freshness.strong().notBefore(token))))
                    .as(token)
                    .isInstanceOfSatisfying(
                            CraqException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT))
                    .hasMessageContaining("session token");
        }
    }

    @Test
    void aBadParameterIsNamed() {
        for (String query : new String[] {"consistency=quorum", "consistency=bounded", "max-age=5s", "max-lag=1"}) {
            URI uri = URI.create(Rest.file(chain.headUrl(), "levels") + "?" + query);
            Rest.Answer answer = chain.rest().get(uri);
            assertThat(answer.status()).as(query).isEqualTo(400);
            assertThat(answer.json().get("detail").getAsString()).contains("consistency");
        }
    }

    private Consistency level(String node, Freshness freshness) {
        return chain.client()
                .stat("levels", GetOptions.defaults().withNode(node).withFreshness(freshness))
                .answered()
                .consistency();
    }

    private static ByteArrayInputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }
}
