package org.craq.node.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.craq.core.file.FileName;
import org.junit.jupiter.api.Test;

class NamePrefixTest {
    @Test
    void endsRightAfterAllNamesThatBeginWithThePrefix() {
        assertThat(NamePrefix.end("a")).contains("b");
        assertThat(NamePrefix.end("a/")).contains("a0");
        assertThat(NamePrefix.end("100%_")).contains("100%`");
        assertThat(NamePrefix.end("")).isEmpty();
    }

    @Test
    void stepsOverSurrogates() {
        assertThat(NamePrefix.end("\uD7FF")).contains("\uE000");
        assertThat(NamePrefix.end("x" + Character.toString(0x1F600))).contains("x" + Character.toString(0x1F601));
    }

    @Test
    void carriesWhereTheLastCharacterIsTheHighest() {
        assertThat(NamePrefix.end("a" + Character.toString(Character.MAX_CODE_POINT)))
                .contains("b");
        assertThat(NamePrefix.end(Character.toString(Character.MAX_CODE_POINT))).isEmpty();
    }

    @Test
    void agreesWithTheByteOrderOfNames() {
        String prefix = "ä/";
        FileName end = new FileName(NamePrefix.end(prefix).orElseThrow());
        assertThat(new FileName(prefix + Character.toString(Character.MAX_CODE_POINT)))
                .isLessThan(end);
        assertThat(new FileName("ä0")).isGreaterThanOrEqualTo(end);
    }

    @Test
    void noNameWithThePrefixIsGreaterThanTheLast() {
        FileName greatest =
                new FileName("a/" + Character.toString(Character.MAX_CODE_POINT).repeat(255));
        byte[] last = NamePrefix.last("a/").getBytes(StandardCharsets.UTF_8);

        assertThat(Arrays.compareUnsigned(greatest.value().getBytes(StandardCharsets.UTF_8), last))
                .isNegative();
        assertThat(Arrays.compareUnsigned("a0".getBytes(StandardCharsets.UTF_8), last))
                .isPositive();
    }
}
