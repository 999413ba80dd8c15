package org.craq.core.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdsTest {
    @ParameterizedTest
    @ValueSource(strings = {"n1", "A", "0", "node-1.example_x"})
    void nodeAndChainIdsAreShortPlainNames(String text) {
        assertThat(new NodeId(text)).hasToString(text);
        assertThat(new ChainId(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-n1", ".", "a b", "a/b", "ä", "n1\n"})
    void otherNamesAreRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> new NodeId(text)).withMessageContaining("node id");
        assertThatIllegalArgumentException().isThrownBy(() -> new ChainId(text)).withMessageContaining("chain id");
    }

    @Test
    void idsHaveAtMost63Characters() {
        assertThat(new NodeId("n".repeat(63)).value()).hasSize(63);
        assertThatIllegalArgumentException().isThrownBy(() -> new NodeId("n".repeat(64)));
    }

    @Test
    void epochsAndSeqsCountFromNone() {
        assertThat(Epoch.NONE.next()).isEqualTo(new Epoch(1));
        assertThat(new Epoch(2).isAfter(new Epoch(1))).isTrue();
        assertThat(Seq.NONE.next()).isEqualTo(new Seq(1));
        assertThat(Seq.min(new Seq(2), new Seq(1))).isEqualTo(new Seq(1));
        assertThat(Seq.max(new Seq(2), new Seq(1))).isEqualTo(new Seq(2));
        assertThatIllegalArgumentException().isThrownBy(() -> new Seq(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> new Epoch(-1));
    }
}
