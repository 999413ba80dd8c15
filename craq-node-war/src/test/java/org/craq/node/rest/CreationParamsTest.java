package org.craq.node.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Numbers of bytes in headers, and the path with which a creation is forwarded. */
class CreationParamsTest {
    @ParameterizedTest
    @ValueSource(strings = {"", " 1", "+1", "-1", "1.0", "0x1", "1e3", "\u0661", "1,1"})
    void onlyDigitsAreANumber(String text) {
        assertThatThrownBy(() -> CreationParams.bytes("Upload-Offset", text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Upload-Offset");
    }

    @Test
    void manyDigitsAreALargeNumber() {
        assertThat(CreationParams.bytes("Upload-Offset", "0000000000000000000000012"))
                .isEqualTo(12);
        assertThat(CreationParams.bytes("Upload-Offset", "99999999999999999999"))
                .isEqualTo(Long.MAX_VALUE);
        assertThatThrownBy(() -> CreationParams.wholeLength("99999999999999999999"))
                .isInstanceOfSatisfying(CraqException.class, failure -> assertThat(failure.code())
                        .isEqualTo(ErrorCode.CONTENT_TOO_LARGE));
    }

    @Test
    void whatNoUrlCanHaveIsEscapedOnTheWayToTheHead() {
        assertThat(HeadLink.escaped("/v1/uploads/a%20b/{c}|\u00e4\""))
                .isEqualTo("/v1/uploads/a%20b/%7Bc%7D%7C%C3%A4%22");
        assertThat(HeadLink.escaped("/v1/uploads/a;b=c,d+e'(f)!*~")).isEqualTo("/v1/uploads/a;b=c,d+e'(f)!*~");
    }
}
