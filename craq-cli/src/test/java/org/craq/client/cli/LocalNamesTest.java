package org.craq.client.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.craq.wire.CraqException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalNamesTest {
    private static final LocalNames UTF_8 = new LocalNames(StandardCharsets.UTF_8);
    private static final LocalNames ASCII = new LocalNames(StandardCharsets.US_ASCII);

    @TempDir
    private Path folder;

    /** Returns a path in the test's folder, whatever the locale of this process is. */
    private Path below(String percentEncoded) {
        return Path.of(URI.create(folder.toUri() + percentEncoded));
    }

    @Test
    void aNameIsItsBytesAsUtf8AlsoWhereTheLocaleIsAscii() throws IOException {
        Path file = below("d%C3%A9/%E6%97%A5%20x");
        for (LocalNames names : List.of(UTF_8, ASCII)) {
            assertThat(names.text(file)).isEqualTo(folder + "/d\u00e9/\u65e5 x");
            assertThat(names.text(folder.relativize(file))).isEqualTo("d\u00e9/\u65e5 x");
            assertThat(names.path(folder + "/d\u00e9/\u65e5 x")).isEqualTo(file);
        }
    }

    @Test
    void aNameThatIsNoTextIsRefusedAndShownByItsBytes() throws IOException {
        Path file = Files.createFile(below("l%E9"));
        for (LocalNames names : List.of(UTF_8, ASCII)) {
            assertThatThrownBy(() -> names.text(file))
                    .isInstanceOf(FileSystemException.class)
                    .hasMessageContaining("l\\xE9")
                    .hasMessageContaining("rename it");
            assertThat(names.shown(file)).isEqualTo(folder + "/l\\xE9");
        }
    }

    @Test
    void aTrueReplacementCharacterIsACharacter() throws IOException {
        Path file = Files.createFile(below("%EF%BF%BD"));
        assertThat(UTF_8.text(folder.relativize(file))).isEqualTo("\uFFFD");
        assertThat(UTF_8.path(folder + "/\uFFFD")).isEqualTo(file);
    }

    @Test
    void whatNoFileCanBeNamedIsSaid() {
        for (String wrong : List.of("", "a\0b")) {
            assertThatThrownBy(() -> UTF_8.path(wrong)).isInstanceOf(CraqException.class);
        }
    }

    private static byte[] latin1(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String asJavaDecodesIt(byte[] bytes, Charset platform) {
        return new String(bytes, platform);
    }

    @Test
    void argumentsAreTakenFromTheirBytes() throws IOException {
        byte[] bytes = "put \u00e9".getBytes(StandardCharsets.UTF_8);
        String[] given = {"-x", asJavaDecodesIt(bytes, StandardCharsets.US_ASCII)};
        List<byte[]> words = List.of(latin1("java"), latin1("Main"), latin1("-x"), bytes);
        assertThat(ASCII.decoded(given, words)).containsExactly("-x", "put \u00e9");
        assertThat(UTF_8.decoded(new String[] {"\uFFFD"}, List.of("\uFFFD".getBytes(StandardCharsets.UTF_8))))
                .containsExactly("\uFFFD");
    }

    @Test
    void argumentsThatAreNoTextAreRefused() {
        byte[] bytes = latin1("l\u00e9");
        for (LocalNames names : List.of(ASCII, UTF_8)) {
            Charset platform = names == ASCII ? StandardCharsets.US_ASCII : StandardCharsets.UTF_8;
            String[] given = {"rm", asJavaDecodesIt(bytes, platform)};
            assertThatThrownBy(() -> names.decoded(given, List.of(latin1("rm"), bytes)))
                    .hasMessageContaining("argument 2, 'l\\xE9', is not valid UTF-8");
        }
        for (List<byte[]> others : List.of(List.<byte[]>of(), List.of(latin1("some"), latin1("thing")))) {
            assertThatThrownBy(() -> ASCII.decoded(new String[] {"rm", "\uFFFD"}, others))
                    .hasMessageContaining("set LC_ALL=C.UTF-8");
        }
    }
}
