package org.craq.node.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class UrlPathTest {
    @Test
    void decodesEscapesAndNothingElse() {
        assertThat(UrlPath.decode("a/b%20c+d%25%2B%3B%F0%9F%98%80")).isEqualTo("a/b c+d%+;\uD83D\uDE00");
    }

    @Test
    void saysWhatIsWrongWithAnEscape() {
        assertThatThrownBy(() -> UrlPath.decode("a%2")).hasMessageContaining("ends within an escape");
        assertThatThrownBy(() -> UrlPath.decode("100%zz")).hasMessageContaining("write %25 for %");
        assertThatThrownBy(() -> UrlPath.decode("%ff")).hasMessageContaining("not valid UTF-8");
    }
}
