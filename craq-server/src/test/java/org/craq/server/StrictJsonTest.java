package org.craq.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StrictJsonTest {
    private static String read(String text) {
        return StrictJson.object(text.getBytes(StandardCharsets.UTF_8)).toString();
    }

    private static void assertRefused(byte[] body, String said) {
        assertThatThrownBy(() -> StrictJson.object(body))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(said);
    }

    @Test
    void whatIsWellFormedIsRead() {
        String all = "{\"a\":[1,-2.5E+3,\"é\\u00e9\\ud83d\\ude00\",true,false,null,{}],\"b\":{\"a\":\"\"}}";
        assertThat(read(" " + all + "\n")).isEqualTo(all.replace("\\u00e9", "é").replace("\\ud83d\\ude00", "😀"));
        assertThat(read("{}")).isEqualTo("{}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"a\": 1} trailing| the body",
                "{\"a\": 1}{\"a\": 1}| the body",
                "{\"a\": 1},| the body",
                "[]| not a JSON object",
                "7| not a JSON object",
                "``| the body is not a JSON object",
                "{| the body is not a JSON object",
                "{\"a\"| the body is not a JSON object",
                "{\"a\": 1, \"a\": 2}| 'a' twice",
                "{\"x\": [{\"b\": 1, \"\\u0062\": 2}]}| 'b' twice",
                "{\"a\": \"\\ud800\"}| an unpaired surrogate",
                "{\"\\udc00\": 1}| an unpaired surrogate",
                "{\"a\": NaN}| the body is not a JSON object",
                "{'a': 1}| the body is not a JSON object"
            })
    void whatCouldBeReadInTwoWaysIsRefused(String text, String said) {
        assertRefused(text.getBytes(StandardCharsets.UTF_8), said);
    }

    @Test
    void bytesThatAreNoUtf8AreRefused() {
        assertRefused("{\"delete\": \"é\"}".getBytes(StandardCharsets.ISO_8859_1), "not UTF-8");
        assertRefused(new byte[] {(byte) 0xFF}, "not UTF-8");
        // A surrogate encoded in three bytes.
        assertRefused(new byte[] {'{', '"', (byte) 0xED, (byte) 0xA0, (byte) 0x80, '"', ':', '1', '}'}, "not UTF-8");
        assertRefused("{\"a\": 1}".getBytes(StandardCharsets.UTF_16), "not UTF-8");
    }

    @Test
    void depthAndLengthOfNumbersAreBounded() {
        assertThat(read("{\"a\":" + "[".repeat(31) + "]".repeat(31) + "}")).isNotEmpty();
        String deep = "{\"a\":" + "[".repeat(32) + "]".repeat(32) + "}";
        assertRefused(deep.getBytes(StandardCharsets.UTF_8), "deeper than 32");
        assertRefused(("{\"a\":" + "[".repeat(100_000)).getBytes(StandardCharsets.UTF_8), "deeper than 32");
        assertRefused(("{\"a\":" + "{\"a\":".repeat(100_000)).getBytes(StandardCharsets.UTF_8), "deeper than 32");
        assertThat(read("{\"a\":" + "9".repeat(64) + "}")).hasSize(70);
        assertRefused(("{\"a\":" + "9".repeat(65) + "}").getBytes(StandardCharsets.UTF_8), "more than 64");
        assertRefused(("{\"a\":" + "9".repeat(100_000) + "}").getBytes(StandardCharsets.UTF_8), "more than 64");
        assertThat(read("{\"a\":1e999999999}")).contains("E+999999999");
    }
}
