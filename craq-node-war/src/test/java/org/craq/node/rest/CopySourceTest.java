package org.craq.node.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CopySourceTest {
    @Test
    void aNameIsPercentEncodedAsInAUrl() {
        assertThat(CopySource.name("a%20b/%D1%84?").value()).isEqualTo("a b/\u0444?");
    }

    /** A server decodes UTF-8 bytes that were sent unescaped in this way, which would yield another name. */
    @ParameterizedTest
    @ValueSource(strings = {"\u00d1\u0084", "\u0444", "a\tb", "a%0Ab", "a%zz", "%FF", ""})
    void whatIsNotIsRefused(String text) {
        assertThatThrownBy(() -> CopySource.name(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
