package org.craq.core.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UserMetadataTest {
    private static Map<String, String> keys(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "k" + i)
                .collect(Collectors.toMap(Function.identity(), key -> ""));
    }

    @Test
    void takesTokensAsKeysAndTextsOfAnyLanguage() {
        Map<String, String> values = Map.of(
                "author",
                "J\u00f6rg",
                "x.y-z_1",
                "",
                "!#$%&'*+-.^_`|~",
                "\u0444\u043e\u0442\u043e \uD83D\uDE00 100% ",
                "%41",
                "%41");
        assertThat(new UserMetadata(values).values()).isEqualTo(values);
    }

    @Test
    void keepsKeysInLowerCaseWhichIsAllThatAHeaderTells() {
        assertThat(new UserMetadata(Map.of("Author", "B")).values()).isEqualTo(Map.of("author", "B"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u0000", "a\nb", "\r", "\t", "\u001f", "\u007f", "\u0085", "\u009f", "\u2028", "a\u2029", "\ud83d",
                "\ude00x"
            })
    void refusesValuesThatBreakLinesOrAreNoUnicode(String value) {
        assertThatThrownBy(() -> new UserMetadata(Map.of("name", value)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'name'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a:b", "a=b", "a\r\nb", "\u00e4", "(a)", "a\"", "a\u0000"})
    void refusesKeysThatAreNoTokens(String key) {
        assertThatThrownBy(() -> new UserMetadata(Map.of(key, "")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a key of user metadata");
    }

    @Test
    void refusesKeysThatAHeaderCouldNotTellApart() {
        assertThatThrownBy(() -> new UserMetadata(Map.of("Name", "a", "name", "b")))
                .hasMessageContaining("'name' twice");
    }

    @Test
    void isBounded() {
        assertThat(new UserMetadata(keys(64)).values()).hasSize(64);
        assertThatThrownBy(() -> new UserMetadata(keys(65))).hasMessageContaining("64 keys; these have 65");
        assertThat(new UserMetadata(Map.of("k", "x".repeat(2047))).values()).hasSize(1);
        assertThatThrownBy(() -> new UserMetadata(Map.of("k", "x".repeat(2048))))
                .hasMessageContaining("2048 bytes");
        assertThatThrownBy(() -> new UserMetadata(Map.of("k", "\u0444".repeat(1024))))
                .hasMessageContaining("2049");
        assertThatThrownBy(() -> new UserMetadata(Map.of("k".repeat(129), ""))).hasMessageContaining("1 to 128");
    }
}
