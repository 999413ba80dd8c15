package org.craq.core.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.craq.core.chain.Epoch;
import org.craq.core.chain.Seq;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VersionTest {
    @Test
    void isReadAsItIsWritten() {
        Version version = new Version(new Epoch(3), new Seq(1205));
        assertThat(version).hasToString("3-1205");
        assertThat(Version.parse("3-1205")).isEqualTo(version);
        assertThat(Version.parse("999999999999999999-1").epoch().value()).isEqualTo(999_999_999_999_999_999L);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "3", "3-", "-3", "3--4", "-3-4", "3-4 ", "a-b", "3-4-5", "1-9999999999999999999", "٣-٤"})
    void anythingElseIsRefusedWithAnExample(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Version.parse(text))
                .withMessageContaining("3-1205");
    }
}
