package org.craq.server.audit;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AuditLineTest {
    private static final Instant TIME = Instant.parse("2026-12-01T04:05:06.007Z");

    private static AuditRecord named(String name) {
        return new AuditRecord(
                TIME, "rest", "write", name, "3-7", "anna", "TOKEN", "CK", "10.0.0.1", "id", "OK", 5, 12, "");
    }

    private static String line(String name) {
        return AuditLine.of(named(name), 17, "blue", "n1", "ab");
    }

    private static JsonObject parsed(String line) {
        return Json.createReader(new StringReader(line)).readObject();
    }

    @Test
    void aLineHasTheFieldsInTheirOrder() {
        assertThat(line("a/x"))
                .isEqualTo("{\"ts\":\"2026-12-01T04:05:06.007Z\",\"seq\":17,\"cluster\":\"blue\",\"server\":\"n1\","
                        + "\"door\":\"rest\",\"action\":\"write\",\"name\":\"a/x\",\"version\":\"3-7\",\"user\":\"anna\","
                        + "\"method\":\"TOKEN\",\"key\":\"CK\",\"peer\":\"10.0.0.1\",\"request\":\"id\",\"outcome\":\"OK\","
                        + "\"bytes\":5,\"millis\":12,\"prev\":\"ab\"}");
    }

    @Test
    void whatIsNotKnownIsLeftOut() {
        assertThat(AuditLine.of(AuditRecord.ofServer("stop", "OK", ""), 1, "", "n1", "ab"))
                .matches("\\{\"ts\":\"[^\"]*\",\"seq\":1,\"server\":\"n1\",\"action\":\"stop\",\"outcome\":\"OK\","
                        + "\"prev\":\"ab\"}");
    }

    @Test
    void timesHaveMillisecondsAlso000() {
        assertThat(AuditLine.time(Instant.parse("2026-01-02T03:04:05Z"))).isEqualTo("2026-01-02T03:04:05.000Z");
    }

    @Test
    void nothingInANameEndsTheLineOrTurnsItsDirection() {
        String evil = "a\n\r\t\0\u007f\u0085\u2028\u2029\u202e\u2066\u200f\u061c\ufeff\"\\,\"user\":\"admin";
        String line = line(evil);
        assertThat(line).matches("[\\x20-\\x7e]*");
        assertThat(line).contains("\\u2028", "\\u2029", "\\u202e", "\\u2066", "\\u200f", "\\u061c");
        assertThat(parsed(line).getString("name")).isEqualTo(evil);
        assertThat(parsed(line).getString("user")).isEqualTo("anna");
    }

    @Test
    void ordinaryTextStaysReadable() {
        assertThat(line("Ελληνικά/中文/😀")).contains("Ελληνικά/中文/😀");
    }

    @Test
    void anyTextComesBack() {
        Random random = new Random(5);
        for (int i = 0; i < 2000; i++) {
            StringBuilder text = new StringBuilder();
            random.ints(random.nextInt(1, 20), 0, 0x10000).forEach(each -> text.append((char) each));
            String line = line(text.toString());
            assertThat(new String(AuditLine.bytes(line), StandardCharsets.UTF_8))
                    .isEqualTo(line);
            assertThat(line.codePoints()).noneMatch(Character::isISOControl);
            assertThat(parsed(line).getString("name")).isEqualTo(text.toString());
        }
    }

    @Test
    void aTextIsBounded() {
        assertThat(line("x".repeat(100_000))).hasSizeLessThan(5000).contains("xxx...\"");
    }
}
