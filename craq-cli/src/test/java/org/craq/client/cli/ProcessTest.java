package org.craq.client.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.craq.client.CraqClient;
import org.craq.client.FakeCluster;
import org.craq.client.FileInfo;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests that need a separate process, started directly with Java: its locale, and standard streams that are closed or
 * full.
 */
class ProcessTest {
    private static final long PATIENCE_SECONDS = 120;
    private static final String E_ACUTE = "%C3%A9";
    private static final String E_GRAVE = "%C3%A8";
    private static final String LATIN_1 = "l%E9";

    @TempDir
    private Path folder;

    private FakeCluster cluster;
    private CraqClient client;

    @BeforeEach
    void start() throws IOException {
        assumeThat(Path.of("/proc/self/fd")).exists();
        cluster = new FakeCluster();
        client = cluster.client().build();
    }

    @AfterEach
    void stop() {
        client.close();
        cluster.close();
    }

    private record Ended(int code, String output, String errors) {}

    /**
     * Runs a shell command line in which craq stands for the command.
     *
     * @param locale the only variables that define the locale
     */
    private Ended shell(Map<String, String> locale, String line) {
        Path script = folder.resolve("craq");
        Path output = folder.resolve("stdout");
        Path errors = folder.resolve("stderr");
        List<String> command = new ArrayList<>(List.of("sh", "-c", "craq() { sh '" + script + "' \"$@\"; }; " + line));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("LC_") || name.equals("LANG"));
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        builder.environment().putAll(locale);
        builder.environment().put("CRAQ_MANAGER", cluster.managerAddress());
        builder.environment().put("XDG_STATE_HOME", folder.resolve("state").toString());
        try {
            Files.writeString(
                    script,
                    "exec '" + Path.of(System.getProperty("java.home"), "bin", "java")
                            + "' -XX:TieredStopAtLevel=1 -Xshare:auto -cp '" + System.getProperty("java.class.path")
                            + "' " + Main.class.getName() + " --timeout 60 \"$@\"\n");
            Process process = builder.start();
            assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
            return new Ended(
                    process.exitValue(),
                    read(output).replace(folder + "/", ""),
                    read(errors).replace(folder + "/", ""));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private Ended shell(String line) {
        return shell(Map.of("LC_ALL", "C"), line);
    }

    private static String read(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }

    private Path file(String percentEncoded, String content) throws IOException {
        Path path = Path.of(URI.create(folder.toUri() + percentEncoded));
        Files.createDirectories(path.getParent());
        return Files.writeString(path, content);
    }

    private List<String> stored() {
        List<String> names = new ArrayList<>();
        for (FileInfo file : client.listAll("")) {
            names.add(file.name());
        }
        return names;
    }

    private void put(String name) throws IOException {
        client.put(name, new ByteArrayInputStream("content\n".getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void namesAreTheirBytesAlsoWithoutALocale() throws IOException {
        file("d/" + E_ACUTE, "acute");
        file("d/" + E_GRAVE, "grave");
        file("d/" + LATIN_1, "latin");
        Ended put = shell("craq put -r d x");
        assertThat(put.code()).as(put.toString()).isEqualTo(1);
        assertThat(put.errors()).contains("l\\xE9: its name is not valid UTF-8", "2 files stored", "1 failed");
        assertThat(stored()).containsExactly("x/\u00e8", "x/\u00e9");
        Ended get = shell("craq get x/\u00e9 g\u00e8t && craq get -r x back && cat g\u00e8t back/\u00e8");
        assertThat(get.code()).as(get.toString()).isZero();
        assertThat(get.output()).contains("g\u00e8t: version").endsWith("acutegrave");
    }

    @Test
    void aNameThatIsNoTextIsRefusedAsAnArgument() throws IOException {
        file(LATIN_1, "latin");
        for (String locale : List.of("C", "C.UTF-8")) {
            Ended ended = shell(Map.of("LC_ALL", locale), "craq put l* n");
            assertThat(ended.code()).as(locale).isEqualTo(1);
            assertThat(ended.errors()).as(locale).contains("'l\\xE9', is not valid UTF-8");
        }
        assertThat(stored()).isEmpty();
    }

    @Test
    void aCurrentFolderThatJavaWouldTakeForAnotherIsRefused() throws IOException {
        file("d" + E_ACUTE + "/f", "content");
        Ended put = shell("cd d* && craq put f");
        assertThat(put.code()).as(put.toString()).isEqualTo(1);
        assertThat(put.errors()).startsWith("craq: the current folder's name").hasLineCount(1);
    }

    @Test
    void aHostThatIsUnknownIsToldInOneLine() {
        Ended ended = shell("craq --manager no-such-host.invalid:1 ls");
        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.errors()).contains("its host name is unknown").hasLineCount(1);
    }

    @Test
    void standardInputThatIsClosedIsNoInput() throws IOException {
        for (String line : List.of("craq put - n <&-", "craq append - n <&- >&-", "craq put - n 0>x")) {
            Ended ended = shell(line);
            assertThat(ended.code()).as(line).isEqualTo(1);
            assertThat(ended.errors()).as(line).contains("standard input can't be read: it is closed");
        }
        assertThat(stored()).isEmpty();
        put("n");
        assertThat(shell("craq ls <&-").output()).contains("  n\n");
    }

    @Test
    void standardOutputThatIsClosedIsToldByAllThatWrite() throws IOException {
        put("n");
        for (String line : List.of("craq ls >&-", "craq cat n >&-")) {
            Ended ended = shell(line);
            assertThat(ended.code()).as(line).isEqualTo(1);
            assertThat(ended.errors()).as(line).isEqualTo("craq: standard output can't be written: it is closed\n");
        }
        assertThat(shell("craq get n copy <&- >&- 2>&-; cat copy").output()).isEqualTo("content\n");
    }

    @Test
    void standardOutputThatIsFullOrGoneIsNoticed() throws IOException {
        put("n");
        Ended full = shell("craq ls > /dev/full");
        assertThat(full.code()).isEqualTo(1);
        assertThat(full.errors()).isEqualTo("craq: standard output can't be written: No space left on device\n");
        for (String command : List.of("ls", "cat n")) {
            Ended gone = shell("{ craq " + command + "; echo $? >&2; } | true");
            assertThat(gone.errors()).as(command).isEqualTo("141\n");
        }
    }
}
