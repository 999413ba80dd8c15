package org.craq.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.craq.client.FakeCluster;
import org.craq.wire.ErrorCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

class CraqCommandTest {
    @TempDir
    private Path folder;

    private FakeCluster cluster;

    @BeforeEach
    void start() throws IOException {
        cluster = new FakeCluster();
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    private record Outcome(int code, String out, String errors) {}

    private Outcome run(String in, String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream errors = new ByteArrayOutputStream();
        CommandLine line = CraqCommand.commandLine(Streams.of(
                        new ByteArrayInputStream(in.getBytes(StandardCharsets.UTF_8)),
                        new StandardOutput(out, false),
                        errors,
                        false))
                .addSubcommand("where", new WhereCommand());
        List<String> all = new ArrayList<>(List.of(args));
        if (!all.contains("--manager")) {
            all.addAll(List.of("--manager", cluster.managerAddress(), "--timeout", "3"));
        }
        int code = Main.run(line, all.toArray(String[]::new));
        return new Outcome(code, out.toString(StandardCharsets.UTF_8), errors.toString(StandardCharsets.UTF_8));
    }

    /** A command that another module might add. */
    @Command(name = "where")
    private static final class WhereCommand implements Runnable {
        @ParentCommand
        private CraqCommand craq;

        @CommandLine.Spec
        private CommandLine.Model.CommandSpec spec;

        @Override
        public void run() {
            spec.commandLine().getOut().println(craq.manager() + " " + craq.json());
        }
    }

    @Test
    void aFileIsCopiedAndMovedByName() throws IOException {
        Path file = Files.writeString(folder.resolve("a.txt"), "content");
        run("", "put", file.toString(), "x/a.txt");
        assertThat(run("", "cp", "x/a.txt", "b").out()).startsWith("b: version 3-2, 7 bytes");
        assertThat(run("", "mv", "x/a.txt", "y/").out()).startsWith("y/a.txt: version 3-3, 7 bytes");
        assertThat(run("", "mv", "x/a.txt", "y/").code()).isEqualTo(3);
        JsonObject copied = JsonParser.parseString(
                        run("", "cp", "b", "c", "--json", "--if-absent").out())
                .getAsJsonObject();
        assertThat(copied.get("name").getAsString()).isEqualTo("c");
        assertThat(run("", "cp", "b", "c", "--if-absent", "--if-version", "3-1").code())
                .isEqualTo(2);
        assertThat(run("", "cp", "b").code()).isEqualTo(2);
    }

    @Test
    void aFileGoesInAndComesBack() throws IOException {
        Path file = Files.writeString(folder.resolve("größe 1.txt"), "content");
        Outcome put = run("", "put", file.toString(), "--content-type", "text/plain", "--meta", "a=b");
        assertThat(put).isEqualTo(new Outcome(0, "größe 1.txt: version 3-1, 7 bytes, on n1, n2, n3\n", ""));
        Path copy = folder.resolve("copy");
        Outcome get = run("", "get", "größe 1.txt", copy.toString());
        assertThat(get).isEqualTo(new Outcome(0, copy + ": version 3-1, 7 bytes\n", ""));
        assertThat(copy).hasContent("content");
        assertThat(run("", "stat", "größe 1.txt").out()).contains("3-1", "text/plain", "a=b");
        assertThat(run("", "rm", "größe 1.txt").out()).isEqualTo("größe 1.txt: deleted, version 3-2\n");
        assertThat(run("", "ls")).isEqualTo(new Outcome(0, "", ""));
    }

    @Test
    void aNameThatBeginsWithAnAtSignIsAName() throws IOException {
        Path arguments = Files.writeString(folder.resolve("arguments"), "precious");
        run("x", "put", "-", "precious");
        String name = "@" + arguments;
        for (String[] args : new String[][] {{"rm", name}, {"rm", "--", name}, {"rm", "@" + folder.resolve("none")}}) {
            assertThat(run("", args).code()).as(String.join(" ", args)).isNotZero();
        }
        assertThat(run("", "cat", "precious").out()).isEqualTo("x");
        assertThat(run("y", "put", "-", "@name").out()).startsWith("@name: version");
        assertThat(run("", "ls", "@").out()).contains("@name");
        assertThat(run("", "rm", "@name").out()).startsWith("@name: deleted");
    }

    @Test
    void aNameThatBeginsWithADashStandsBehindTwoDashes() {
        assertThat(run("x", "put", "--manager", cluster.managerAddress(), "--", "-", "-name")
                        .code())
                .isZero();
        assertThat(run("", "cat", "--manager", cluster.managerAddress(), "--", "-name")
                        .out())
                .isEqualTo("x");
        assertThat(run("", "rm", "-name").code()).isEqualTo(2);
    }

    /** Runs a command whose output can't be written. */
    private Outcome runFull(boolean pipe, String... args) {
        OutputStream full = new OutputStream() {
            @Override
            public void write(int octet) throws IOException {
                throw new IOException(pipe ? "Broken pipe" : "No space left on device");
            }
        };
        ByteArrayOutputStream errors = new ByteArrayOutputStream();
        List<String> all = new ArrayList<>(List.of(args));
        all.addAll(List.of("--manager", cluster.managerAddress(), "--timeout", "3"));
        int code = Main.run(
                CraqCommand.commandLine(
                        Streams.of(InputStream.nullInputStream(), new StandardOutput(full, pipe), errors, false)),
                all.toArray(String[]::new));
        return new Outcome(code, "", errors.toString(StandardCharsets.UTF_8));
    }

    @Test
    void outputThatCantBeWrittenIsAFailureOfEveryCommand() throws IOException {
        Path file = Files.writeString(folder.resolve("a"), "content");
        run("", "put", file.toString(), "a");
        for (String[] args : new String[][] {
            {"ls"},
            {"ls", "--json"},
            {"stat", "a"},
            {"versions", "a"},
            {"cat", "a"},
            {"get", "a", "-"},
            {"get", "a", folder.resolve("b").toString()},
            {"put", file.toString(), "b"},
            {"append", file.toString(), "b"},
            {"cp", "b", "c"},
            {"mv", "c", "d"},
            {"rm", "d"},
            {"verify", "a"},
            {"chain"},
            {"completion"},
            {"--help"}
        }) {
            String what = String.join(" ", args);
            assertThat(runFull(false, args))
                    .as(what)
                    .isEqualTo(new Outcome(1, "", "craq: standard output can't be written: No space left on device\n"));
            if (!args[0].matches("mv|rm")) {
                assertThat(runFull(true, args)).as(what).isEqualTo(new Outcome(141, "", ""));
            }
        }
    }

    @Test
    void controlCharactersOfNamesDoNotReachTheTerminal() throws IOException {
        Outcome outcome = run("", "put", folder.resolve("\u001b[31m\nx").toString(), "y");
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.errors()).contains("\\x1b[31m\\nx: no such file").hasLineCount(1);
        assertThat(run("", "rm", "\u001b[31m").errors())
                .doesNotContain("\u001b")
                .hasLineCount(1);
        assertThat(run("", "\u001b[31m").errors()).doesNotContain("\u001b");
    }

    @Test
    void textsThatAreKeptWithAFileComeBackAsTheyAre() {
        assertThat(run("x", "put", "-", "m", "--meta", "Name=фото 100% %41", "--meta", "e=")
                        .code())
                .isZero();
        assertThat(run("", "stat", "m").out()).contains("name=фото 100% %41\n", "e=\n");
        assertThat(JsonParser.parseString(run("", "--json", "stat", "m").out())
                        .getAsJsonObject()
                        .getAsJsonObject("userMetadata")
                        .get("name")
                        .getAsString())
                .isEqualTo("фото 100% %41");
        Outcome refused = run("x", "put", "-", "n", "--meta", "k=a\u0007b");
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.errors()).contains("U+0007").doesNotContain("\u0007");
    }

    @Test
    void emptyNamesAreWrongUsage() {
        for (String[] args : new String[][] {
            {"put", "", "x"},
            {"put", "-", ""},
            {"get", "x", ""},
            {"get", "", "x"},
            {"rm", ""},
            {"append", "", "x"},
            {"verify", "x", ""},
            {"put", "-r", "", "x"},
            {"get", "-r", "x", ""},
            {"cp", "", "x"},
            {"cat", ""}
        }) {
            Outcome outcome = run("", args);
            assertThat(outcome.code()).as(String.join(" ", args)).isEqualTo(2);
            assertThat(outcome.errors()).as(String.join(" ", args)).contains("empty");
        }
    }

    @Test
    void aTargetThatEndsWithASlashIsAFolder() {
        run("x", "put", "-", "f");
        Path none = folder.resolve("none");
        assertThat(run("", "get", "f", none + "/").errors()).contains("is a directory; name a file in it");
        assertThat(none).doesNotExist();
    }

    @Test
    void aDashIsStandardInputAndOutput() {
        assertThat(run("piped", "put", "-", "p").code()).isZero();
        assertThat(run("", "get", "p", "-")).isEqualTo(new Outcome(0, "piped", ""));
        assertThat(run("", "get", "p", "-", "--node", "n2", "--version", "3-1").out())
                .isEqualTo("piped");
    }

    @Test
    void jsonIsOneObjectPerLine() {
        run("1", "put", "-", "a/1");
        run("22", "put", "-", "a/2");
        List<JsonObject> files = run("", "ls", "a/", "--json")
                .out()
                .lines()
                .map(line -> JsonParser.parseString(line).getAsJsonObject())
                .toList();
        assertThat(files).extracting(file -> file.get("name").getAsString()).containsExactly("a/1", "a/2");
        assertThat(files.get(1).get("length").getAsLong()).isEqualTo(2);
        JsonObject receipt = JsonParser.parseString(
                        run("3", "--json", "put", "-", "r").out())
                .getAsJsonObject();
        assertThat(receipt.get("version").getAsString()).isEqualTo("3-3");
        assertThat(receipt.get("crc32c").getAsString()).matches("[0-9a-f]{8}");
    }

    @Test
    void foldersAreListedOnceBehindADelimiter() {
        for (String name : List.of("a", "d/1", "d/2", "d0")) {
            run("x", "put", "-", name);
        }
        assertThat(run("", "ls", "--delimiter", "/").out().lines().map(line -> line.replaceFirst(".* ", "")))
                .containsExactly("a", "d/", "d0");
        assertThat(run("", "ls", "-d", "/", "--json").out()).contains("{\"prefix\":\"d/\"}");
    }

    @Test
    void versionsAreListedPageByPage() {
        for (String content : List.of("1", "22", "333")) {
            run(content, "put", "-", "v");
        }
        Outcome versions = run("", "versions", "v");
        assertThat(versions.code()).isZero();
        assertThat(versions.out().lines()).hasSize(3).element(1).asString().contains("3-2", "pruned");
        assertThat(run("", "versions", "v", "--json").out().lines().map(line -> JsonParser.parseString(line)
                        .getAsJsonObject()
                        .get("pruned")
                        .getAsBoolean()))
                .containsExactly(false, true, false);
        assertThat(run("", "versions", "none").code()).isEqualTo(3);
    }

    @Test
    void severalFilesAreWrittenOneAfterTheOther() {
        run("one ", "put", "-", "c1");
        run("two", "put", "-", "c2");
        assertThat(run("", "cat", "c1", "c2")).isEqualTo(new Outcome(0, "one two", ""));
        assertThat(run("", "cat", "c1", "none").code()).isEqualTo(3);
    }

    @Test
    void aFileIsReadBackFromEveryMemberAndCompared() throws IOException {
        Path same = Files.writeString(folder.resolve("same"), "content");
        Path other = Files.writeString(folder.resolve("other"), "Content");
        run("", "put", same.toString(), "v");

        assertThat(run("", "verify", "v").out()).contains("n1", "n2", "n3", "equal everywhere");
        assertThat(run("", "verify", "v", same.toString()).code()).isZero();
        Outcome differs = run("", "verify", "v", other.toString());
        assertThat(differs.code()).isEqualTo(1);
        assertThat(differs.out()).contains("DIFFERS", other.toString());
        JsonObject json =
                JsonParser.parseString(run("", "verify", "v", "--json").out()).getAsJsonObject();
        assertThat(json.get("equal").getAsBoolean()).isTrue();
        assertThat(json.getAsJsonObject("sha256").keySet()).containsExactly("n1", "n2", "n3");
        assertThat(run("", "verify", "none").code()).isEqualTo(3);
        cluster.tamperAll();
        assertThat(run("", "verify", "v").code()).isEqualTo(1);
    }

    @Test
    void theChainIsShownHeadFirst() {
        assertThat(run("", "chain").out().lines()).hasSize(4).first().asString().contains("c1", "epoch 3");
        assertThat(run("", "chain").out()).containsSubsequence("n1", "HEAD", "n2", "MIDDLE", "n3", "TAIL");
        assertThat(JsonParser.parseString(run("", "chain", "--json").out())
                        .getAsJsonObject()
                        .getAsJsonArray("members"))
                .hasSize(3);
    }

    @Test
    void aShellLearnsAllCommandsAndOptions() {
        Outcome script = run("", "completion");
        assertThat(script.code()).isZero();
        assertThat(script.out()).contains("complete -F", "verify", "where", "--if-absent");
    }

    @Test
    void theHelpNamesTheExitCodes() {
        assertThat(run("", "--help").out()).contains("Exit codes:", "no such file or version");
        assertThat(Problems.exitCode(ErrorCode.NOT_FOUND)).isEqualTo(3);
        assertThat(Problems.exitCode(ErrorCode.VERSION_PRUNED)).isEqualTo(3);
        assertThat(Problems.exitCode(ErrorCode.INVALID_ARGUMENT)).isEqualTo(2);
        assertThat(Problems.exitCode(ErrorCode.OUTCOME_UNKNOWN)).isEqualTo(1);
    }

    @Test
    void failuresAreOneLineAndAnExitCode() throws IOException {
        Outcome missing = run("", "get", "none", folder.resolve("x").toString());
        assertThat(missing.code()).isEqualTo(3);
        assertThat(missing.errors())
                .startsWith("craq: could not get 'none': n3")
                .hasLineCount(1);
        assertThat(run("", "rm", "none").code()).isEqualTo(3);
        Outcome directory = run("", "put", folder.toString());
        assertThat(directory)
                .isEqualTo(
                        new Outcome(1, "", "craq: " + folder + ": is a directory; files are stored one at a time\n"));
        assertThat(run("", "ls", "--manager", "127.0.0.1").errors()).contains("write host:port");
        assertThat(Problems.exitCode(ErrorCode.PRECONDITION_FAILED)).isEqualTo(4);
        assertThat(run("", "get", "none", "--debug", folder.resolve("x").toString())
                        .errors())
                .contains("CraqException");
    }

    @Test
    void wrongUsageIsTwoLinesAndExitCodeTwo() {
        for (String[] args : new String[][] {
            {"put"},
            {"nonsense"},
            {"put", "-"},
            {"get", "x", "--version", "7"},
            {"put", "-", "x", "--if-absent", "--if-version", "1-1"},
            {"get", "x", "--max-lag", "1", "--consistency", "STRONG"},
            {"stat", "x", "--consistency", "BOUNDED"}
        }) {
            Outcome outcome = run("", args);
            assertThat(outcome.code()).isEqualTo(2);
            assertThat(outcome.errors()).startsWith("craq: ").contains("--help").hasLineCount(2);
        }
    }

    @Test
    void everyCommandThatReadsAFileCanAskOneMember() {
        run("x", "put", "-", "f");
        for (String command : List.of("stat", "cat", "versions")) {
            assertThat(run("", command, "f", "--node", "n2", "--consistency", "EVENTUAL")
                            .code())
                    .as(command)
                    .isZero();
            assertThat(run("", command, "f", "--node", "n9").errors())
                    .as(command)
                    .contains("n9", "n1, n2, n3");
        }
    }

    @Test
    void commandsAddedByOthersShareTheOptions() {
        assertThat(run("", "where", "--json", "--manager", "h:1").out()).isEqualTo("h:1 true\n");
        assertThat(run("", "where").out()).isEqualTo(cluster.managerAddress() + " false\n");
    }

    @Test
    void aMeasurementIsATableOrOneObject() {
        Outcome table =
                run("", "bench", "W3", "R3", "--size", "64K", "--clients", "2", "--seconds", "1", "--warmup", "0");
        assertThat(table.code()).as(table.toString()).isZero();
        assertThat(table.out())
                .contains("p99.9 ms")
                .containsPattern("W3 +2 +64 KiB")
                .containsPattern("all +[0-9.]+");
        assertThat(table.out()).contains("not counted: the database");
        Outcome json = run("", "--json", "bench", "w1", "--size", "64K", "--seconds", "1", "--warmup", "0");
        JsonObject first = JsonParser.parseString(json.out())
                .getAsJsonObject()
                .getAsJsonArray("workloads")
                .get(0)
                .getAsJsonObject();
        assertThat(first.get("workload").getAsString()).isEqualTo("W1");
        assertThat(first.get("bytes").getAsLong())
                .isEqualTo(first.get("operations").getAsLong() << 16)
                .isPositive();
    }

    @Test
    void manySmallFilesAreWritten() {
        Outcome first = run("", "bench", "fill", "--files", "7", "--size", "100", "--clients", "2");
        assertThat(first.code()).as(first.toString()).isZero();
        assertThat(first.out()).containsPattern("fill +2 ");
        assertThat(run("", "ls", "fill/").out()).contains("fill/0000/000", "fill/0000/006");
        Outcome more =
                run("", "--json", "bench", "fill", "--files", "9", "--from", "7", "--size", "1", "--clients", "1");
        JsonObject timing = JsonParser.parseString(more.out())
                .getAsJsonObject()
                .getAsJsonArray("timings")
                .get(0)
                .getAsJsonObject();
        assertThat(timing.get("operations").getAsLong()).isEqualTo(2);
    }

    @Test
    void manySmallFilesThatMakeNoSenseAreExplained() {
        assertThat(run("", "bench", "fill", "--files", "0").errors()).contains("at least 1, not 0");
        assertThat(run("", "bench", "fill", "--files", "5", "--from", "5").errors())
                .contains("--from must be at least 0");
        assertThat(run("", "bench", "look", "--files", "5", "--clients", "0").errors())
                .contains("1 to 1024");
        assertThat(run("", "bench", "look", "--files", "5", "--seconds", "0").errors())
                .contains("at least 1 second");
    }

    @Test
    void oneFileIsReadAndWrittenAtOnce() {
        Outcome table = run("", "bench", "hot", "--size", "4K", "--readers", "2", "--seconds", "1", "--warmup", "0");
        assertThat(table.code()).as(table.toString()).isZero();
        assertThat(table.out()).containsPattern("reads +2 ").containsPattern("writes +1 ");
        assertThat(table.out()).contains("reads answered by: {");
        Outcome json = run("", "--json", "bench", "hot", "--writers", "0", "--seconds", "1", "--warmup", "0");
        JsonObject result = JsonParser.parseString(json.out()).getAsJsonObject();
        assertThat(result.has("writes")).isFalse();
        JsonObject reads = result.getAsJsonObject("reads");
        assertThat(reads.get("operations").getAsLong()).isPositive();
        assertThat(reads.get("mebibytesPerSecond").getAsDouble()).isPositive();
        assertThat(run("", "bench", "hot", "--readers", "0", "--writers", "0").errors())
                .contains("a reader or a writer");
    }

    @Test
    void aMeasurementThatIsAskedForWronglyIsExplained() {
        assertThat(run("", "bench", "W9").errors()).contains("unknown workload 'W9'");
        assertThat(run("", "bench", "--size", "7Q").errors()).contains("'7Q' is not a size");
        assertThat(run("", "bench", "--seconds", "0").errors()).contains("at least 1 second");
    }
}
