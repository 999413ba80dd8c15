package org.craq.client.cli;

import java.io.PrintWriter;
import java.util.Comparator;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.craq.client.CraqClient;
import org.craq.client.FileInfo;
import org.craq.client.ListOptions;
import org.craq.client.ListPage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code craq ls}: lists files. */
@Command(name = "ls", description = "List files.")
final class ListCommand implements Callable<Integer> {
    @ParentCommand
    private CraqCommand craq;

    @Spec
    private CommandSpec spec;

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "PREFIX",
            defaultValue = "",
            description = "List only files whose names begin with PREFIX.")
    private String prefix;

    @Option(
            names = {"-d", "--delimiter"},
            paramLabel = "TEXT",
            defaultValue = "",
            description = "Group names by what precedes TEXT, and list each group once, like a folder: --delimiter /")
    private String delimiter;

    @Mixin
    private FreshnessOptions freshness;

    private record Line(String name, String text) {}

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        ListOptions options =
                ListOptions.prefix(prefix).withDelimiter(delimiter).withFreshness(freshness.freshness());
        try (CraqClient client = craq.client()) {
            ListPage page = client.list(options);
            print(page, out);
            while (!page.last() && !out.checkError()) {
                page = client.list(options.withCursor(page.nextCursor()));
                print(page, out);
            }
        }
        return 0;
    }

    /** Prints a page: files and prefixes arrive as two lists and are printed as one, in the order of names. */
    private void print(ListPage page, PrintWriter out) {
        Stream.concat(
                        page.files().stream().map(file -> new Line(file.name(), text(file))),
                        page.prefixes().stream().map(group -> new Line(group, text(group))))
                .sorted(Comparator.comparing(Line::name, ListCommand::byBytes))
                .forEach(line -> out.println(line.text()));
    }

    /** Compares by code points, which is the order of UTF-8 bytes. */
    private static int byBytes(String one, String other) {
        return java.util.Arrays.compare(
                one.codePoints().toArray(), other.codePoints().toArray());
    }

    private String text(FileInfo file) {
        return craq.json()
                ? Json.of(file)
                : String.format("%14d  %s  %-10s  %s", file.length(), time(file), file.version(), file.name());
    }

    private String text(String group) {
        return craq.json() ? Json.ofPrefix(group) : String.format("%14s  %-19s  %-10s  %s", "", "", "", group);
    }

    /** Formats the creation time in UTC, to the second. */
    static String time(FileInfo file) {
        return file.createdAt().toString().substring(0, 19);
    }
}
