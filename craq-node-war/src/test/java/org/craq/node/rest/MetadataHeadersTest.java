package org.craq.node.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MetadataHeadersTest {
    @ParameterizedTest
    @CsvSource(
            ignoreLeadingAndTrailingWhitespace = false,
            delimiter = '|',
            value = {
                "blue|blue",
                "\u0444\u043e\u0442\u043e|%D1%84%D0%BE%D1%82%D0%BE",
                "\u4e00|%E4%B8%80",
                "\u010d\u010aX-Split: 1|%C4%8D%C4%8AX-Split: 1",
                "100%|100%25",
                "%41|%2541",
                "%D1%84|%25D1%2584",
                "UTF-8''%41|UTF-8''%2541",
                "a b|a b",
                " a |%20a%20",
                " |%20",
                "a   b|a %20%20b",
                "a,b;c=\"d\"\\|a,b;c=\"d\"\\",
                "\uD83D\uDE00|%F0%9F%98%80"
            })
    void aValueGoesOutAsPrintableAsciiAndComesInAsItWas(String value, String header) {
        assertThat(MetadataHeaders.encode(value)).isEqualTo(header);
        assertThat(MetadataHeaders.decode("X-Craq-Meta-A", header)).isEqualTo(value);
    }

    @Test
    void noValueIsMistakenForAnother() {
        Random random = new Random(14);
        String alphabet = "%2541 aA\u0444\u010a\uD83D\uDE00'";
        for (int i = 0; i < 10_000; i++) {
            StringBuilder value = new StringBuilder();
            random.ints(random.nextInt(12), 0, alphabet.codePointCount(0, alphabet.length()))
                    .map(at -> alphabet.codePointAt(alphabet.offsetByCodePoints(0, at)))
                    .forEach(value::appendCodePoint);
            String header = MetadataHeaders.encode(value.toString());
            assertThat(header).matches("[ -~]*").isEqualTo(header.strip()).doesNotContain("  ");
            assertThat(MetadataHeaders.decode("X-Craq-Meta-A", header)).isEqualTo(value.toString());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"100%", "%4", "%zz", "\u00c3\u00a4", "\u0444", "%FF", "%ED%A0%80", "a\tb"})
    void whatIsNotEncodedLikeThatIsRefusedWithTheHeadersName(String header) {
        assertThatThrownBy(() -> MetadataHeaders.decode("X-Craq-Meta-A", header))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("X-Craq-Meta-A")
                .hasMessageContaining("%25");
    }
}
