package org.craq.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContentTypeTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/plain",
                "text/plain; charset=utf-8",
                "text/plain;charset=UTF-8",
                "Text/HTML;Charset=\"utf-8\"",
                "text/plain; format=flowed; delsp=yes; charset=us-ascii",
                "application/x;a=\"b;c,d=\\\"e\\\\\"",
                "image/svg+xml",
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
                "multipart/form-data; boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW",
                "a/b;c=\"\"",
                "!#$%&'*+.^_`|~-/x"
            })
    void staysAsItWasWritten(String text) {
        assertThat(ContentType.parse(text).text()).isEqualTo(text);
    }

    @Test
    void tellsItsParts() {
        ContentType type = ContentType.parse("Text/Plain ;CharSet=utf-8; x=\"a \\\"b\\\" c\"");
        assertThat(type.is("text/plain")).isTrue();
        assertThat(type.is("text/html")).isFalse();
        assertThat(type.parameters()).isEqualTo(Map.of("charset", "utf-8", "x", "a \"b\" c"));
    }

    /** The grammar allows trailing semicolons, and servers drop them. */
    @Test
    void semicolonsAtTheEndAreLeftOff() {
        assertThat(ContentType.parse("text/plain;").text()).isEqualTo("text/plain");
        assertThat(ContentType.parse("text/plain; a=b ; ;").text()).isEqualTo("text/plain; a=b");
        assertThat(ContentType.parse("text/plain;;a=b").text()).isEqualTo("text/plain;;a=b");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "text",
                "text/",
                "/plain",
                "text/plain/x",
                "text /plain",
                " text/plain",
                "text/plain ",
                "text/plain; charset",
                "text/plain; charset=",
                "text/plain; =utf-8",
                "text/plain; charset =utf-8",
                "text/plain; charset= utf-8",
                "text/plain; charset=utf-8 x",
                "text/plain; charset=\"utf-8",
                "text/plain; charset=\"utf-8\"x",
                "text/plain; charset=\"\\",
                "text/plain, text/html",
                "text/plain\r\nX: y",
                "text/plain;\ta=b",
                "text/pl\u00e4in",
                "text/plain; a=\"\u00e4\"",
                "text/plain; a=\"\u0000\""
            })
    void whatIsNoMediaTypeIsRefused(String text) {
        assertThatThrownBy(() -> ContentType.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("media type such as text/plain");
    }

    @Test
    void isOfBoundedLength() {
        String longest = "text/" + "x".repeat(ContentType.MAX_LENGTH - 5);
        assertThat(ContentType.parse(longest).text()).isEqualTo(longest);
        assertThatThrownBy(() -> ContentType.parse(longest + "x")).hasMessageContaining("255");
    }
}
