package org.craq.core.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileNameTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "a/b/c.txt",
                "with space",
                " ",
                "100%_sure*?[x]",
                "...",
                ".hidden",
                "a/..b/c.",
                "grüße/日本語/😀",
                "back\\slash",
                "\u00a0"
            })
    void mostNamesAreFine(String name) {
        assertThat(new FileName(name).value()).isEqualTo(name);
        assertThat(new FileName(name)).hasToString(name);
    }

    @Test
    void anEmptyNameIsRefused() {
        assertRefused("", "empty");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/a", "a/", "a//b", "//"})
    void noSegmentIsEmpty(String name) {
        assertRefused(name, "'/'");
    }

    @ParameterizedTest
    @ValueSource(strings = {".", "..", "./a", "a/../b", "a/.", "a/.."})
    void noSegmentIsADotOrTwo(String name) {
        assertRefused(name, "between slashes");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\0", "a\nb", "tab\t", "\u007f", "\u0085"})
    void controlCharactersAreRefused(String name) {
        assertRefused(name, "control character");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\ud800", "a\udc00", "\udc00\ud800", "\ud83d/\ude00"})
    void halfACharacterIsRefused(String name) {
        assertRefused(name, "Unicode");
    }

    @Test
    void aNameHasAtMost1024BytesOfUtf8() {
        assertThat(new FileName("a".repeat(1024)).value()).hasSize(1024);
        assertThat(new FileName("é".repeat(512)).value()).hasSize(512);
        assertThat(new FileName("😀".repeat(256)).value()).hasSize(512);
        assertRefused("a".repeat(1025), "1025");
        assertRefused("é".repeat(512) + "a", "1025");
        assertRefused("😀".repeat(256) + "a", "1025");
    }

    @Test
    void namesAreOrderedByTheirBytes() {
        // In the order of chars the second of each pair would come first: surrogates lie below U+FFFD.
        assertThat(new FileName("a\ufffd")).isLessThan(new FileName("a😀"));
        assertThat(new FileName("a")).isLessThan(new FileName("a/b"));
        assertThat(new FileName("z")).isLessThan(new FileName("é"));
        assertThat(new FileName("x")).isEqualByComparingTo(new FileName("x"));
    }

    private static void assertRefused(String name, String because) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new FileName(name))
                .withMessageContaining(because);
    }
}
