package org.craq.node.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.OptionalLong;
import org.craq.core.replica.Freshness;
import org.craq.core.replica.SessionToken;
import org.junit.jupiter.api.Test;

class RequestedFreshnessTest {
    @Test
    void withoutParametersAReadIsStrong() {
        assertThat(RequestedFreshness.of("", "", "", "").freshness()).isEqualTo(new Freshness.Strong());
        assertThat(RequestedFreshness.of(org.craq.wire.v1.Freshness.getDefaultInstance())
                        .freshness())
                .isEqualTo(new Freshness.Strong());
    }

    @Test
    void anAgeHasAUnit() {
        assertThat(RequestedFreshness.of("bounded", "2s", "", "").freshness()).isEqualTo(age(2_000_000_000L));
        assertThat(RequestedFreshness.of("bounded", "500ms", "", "").freshness())
                .isEqualTo(age(500_000_000L));
        assertThat(RequestedFreshness.of("bounded", "500", "", "").freshness()).isEqualTo(age(500_000_000L));
    }

    @Test
    void bothBoundsMayBeSet() {
        assertThat(RequestedFreshness.of("BOUNDED", "0", "3", "").freshness())
                .isEqualTo(new Freshness.Bounded(OptionalLong.of(0), OptionalLong.of(3)));
    }

    @Test
    void aTokenIsReadAsItWasWritten() {
        SessionToken token = SessionToken.parse("c1:3-1205");
        assertThat(RequestedFreshness.of("eventual", "", "", token.toString()).session())
                .contains(token);
    }

    @Test
    void whatIsWrongIsNamed() {
        refused("quorum", "", "", "", "strong, bounded, eventual or uncommitted");
        refused("bounded", "", "", "", "needs max-age");
        refused("strong", "5s", "", "", "belong to consistency bounded");
        refused("bounded", "5 minutes", "", "", "such as 500ms");
        refused("bounded", "-1", "", "", "such as 500ms");
        refused("bounded", "100000s", "", "", "a day");
        refused("bounded", "", "many", "", "number of versions");
        refused("", "", "", "yesterday", "chain:epoch-seq");
        refused("", "", "", "c1:3", "epoch-seq");
    }

    private static void refused(String consistency, String age, String lag, String session, String rule) {
        assertThatThrownBy(() -> RequestedFreshness.of(consistency, age, lag, session))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(rule);
    }

    private static Freshness age(long nanos) {
        return new Freshness.Bounded(OptionalLong.of(nanos), OptionalLong.empty());
    }
}
