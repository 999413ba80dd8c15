package org.craq.system.chain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.craq.client.FileInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Runs the script {@code craq} as shells, containers and cron start it: in any locale, with any standard streams. */
@ExtendWith(ChainExtension.class)
@Timeout(600)
class CommandLineIT {
    private static final long PATIENCE_SECONDS = 180;

    private final TestChain chain;

    @TempDir
    private Path folder;

    CommandLineIT(TestChain chain) {
        this.chain = chain;
    }

    private record Ended(int code, String output, String errors) {}

    /**
     * Runs a shell command line in which craq stands for the script.
     *
     * @param locale the only variables that define the locale
     */
    private Ended shell(Map<String, String> locale, String line) throws IOException, InterruptedException {
        Path script = Path.of(System.getProperty("craq.home"), "craq").toRealPath();
        Path output = folder.resolve("stdout");
        Path errors = folder.resolve("stderr");
        ProcessBuilder builder = new ProcessBuilder("sh", "-c", "craq() { '" + script + "' \"$@\"; }; " + line)
                .directory(folder.toFile())
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile());
        Map<String, String> environment = builder.environment();
        environment.keySet().removeIf(name -> name.startsWith("LC_") || name.equals("LANG"));
        environment.remove("JAVA_TOOL_OPTIONS"); // Java would print it
        environment.putAll(locale);
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        environment.put("CRAQ_BUILD", "no");
        environment.put("CRAQ_MANAGER", chain.cluster().managerAddress());
        environment.put("CRAQ_STATE", folder.resolve("state").toString());
        Process process = builder.start();
        assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        return new Ended(process.exitValue(), read(output), read(errors));
    }

    private Ended shell(String line) throws IOException, InterruptedException {
        return shell(Map.of("LANG", "C.UTF-8"), line);
    }

    private static String read(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }

    private void file(String percentEncoded, String content) throws IOException {
        Path path = Path.of(URI.create(folder.toUri() + percentEncoded));
        Files.createDirectories(path.getParent());
        Files.writeString(path, content);
    }

    private List<String> stored(String prefix) {
        List<String> names = new ArrayList<>();
        for (FileInfo file : chain.client().listAll(prefix)) {
            names.add(file.name());
        }
        return names;
    }

    @Test
    void namesAreTrueInEveryLocale() throws Exception {
        file("d/%C3%A9", "acute");
        file("d/%C3%A8", "grave");
        file("d/l%E9", "latin");
        for (Map<String, String> locale : List.of(
                Map.of("LC_ALL", "C"),
                Map.of("LANG", "POSIX"),
                Map.of("LC_ALL", "xx_YY.UTF-8"),
                Map.<String, String>of(),
                Map.of("LANG", "C.UTF-8"))) {
            Ended put = shell(locale, "craq put -r d cli");
            assertThat(put.code()).as("%s %s", locale, put).isEqualTo(1);
            assertThat(put.errors()).contains("l\\xE9: its name is not valid UTF-8", "2 files stored", "1 failed");
            assertThat(stored("cli/")).containsExactly("cli/\u00e8", "cli/\u00e9");
            Ended rest = shell(
                    locale,
                    "craq ls cli/ && craq get cli/\u00e9 \u00e0 && cat \u00e0 && craq get -r cli back && cat back/\u00e8"
                            + " && craq rm cli/\u00e9 && craq rm cli/\u00e8");
            assertThat(rest.code()).as("%s %s", locale, rest).isZero();
            assertThat(rest.output()).contains("  cli/\u00e9\n", "\u00e0: version", "acute", "grave");
            assertThat(stored("cli/")).isEmpty();
        }
    }

    @Test
    void aNameThatIsNoTextIsRefused() throws Exception {
        file("l%E9", "latin");
        for (String locale : List.of("C", "C.UTF-8")) {
            for (String line :
                    List.of("craq put l* cli/x", "craq rm \"$(printf 'l\\351')\"", "craq ls \"$(printf 'l\\351')\"")) {
                Ended ended = shell(Map.of("LC_ALL", locale), line);
                assertThat(ended.code()).as(line).isEqualTo(1);
                assertThat(ended.errors()).as(line).contains("'l\\xE9', is not valid UTF-8");
            }
        }
        assertThat(stored("cli/")).isEmpty();
    }

    @Test
    void closedStandardStreamsAreErrors() throws Exception {
        for (String line : List.of("craq put - cli/n <&-", "craq append - cli/n <&-", "craq put - cli/n <&- >&-")) {
            Ended ended = shell(line);
            assertThat(ended.code()).as(line).isEqualTo(1);
            assertThat(ended.errors())
                    .as(line)
                    .isEqualTo(
                            "craq: standard input can't be read: it is closed. Redirect it from a file or a pipe, or name a FILE instead of -\n");
        }
        assertThat(stored("cli/")).isEmpty();
        assertThat(shell("echo content | craq put - cli/n").code()).isZero();
        for (String line : List.of(
                "craq ls >&-", "craq cat cli/n >&-", "craq get cli/n - >&-", "craq ls <&- >&-", "craq --help >&-")) {
            Ended ended = shell(line);
            assertThat(ended.code()).as(line).isEqualTo(1);
            assertThat(ended.errors())
                    .as(line)
                    .startsWith("craq: standard output can't be written: ")
                    .hasLineCount(1);
        }
        assertThat(shell("craq get cli/n copy <&- >&- 2>&-; cat copy; craq cat cli/n <&-")
                        .output())
                .isEqualTo("content\ncontent\n");
        chain.client().delete("cli/n");
    }

    @Test
    void outputThatIsFullIsAnErrorAndAReaderThatHasGoneIsNone() throws Exception {
        assertThat(shell("echo content | craq put - cli/n").code()).isZero();
        for (String command : List.of("ls", "ls --json", "cat cli/n", "chain", "--help")) {
            Ended full = shell("craq " + command + " > /dev/full");
            assertThat(full.code()).as(command).isEqualTo(1);
            assertThat(full.errors())
                    .as(command)
                    .isEqualTo("craq: standard output can't be written: No space left on device\n");
        }
        Ended gone = shell("{ craq ls; echo $? >&2; } | true");
        assertThat(gone.errors()).isEqualTo("141\n");
        chain.client().delete("cli/n");
    }

    @Test
    void aNameThatBeginsWithAnAtSignIsAName() throws Exception {
        assertThat(shell("echo content | craq put - cli/precious; echo cli/precious > x")
                        .code())
                .isZero();
        assertThat(shell("craq rm @x").code()).isEqualTo(3);
        assertThat(shell("craq rm -- @x").code()).isEqualTo(3);
        assertThat(stored("cli/")).containsExactly("cli/precious");
        chain.client().delete("cli/precious");
    }
}
