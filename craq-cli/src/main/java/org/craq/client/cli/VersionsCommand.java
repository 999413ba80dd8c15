package org.craq.client.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.craq.client.CraqClient;
import org.craq.client.FileInfo;
import org.craq.client.VersionInfo;
import org.craq.client.VersionOptions;
import org.craq.client.VersionPage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code craq versions}: lists the versions of a file. */
@Command(name = "versions", description = "List the versions of a file, newest first.")
final class VersionsCommand implements Callable<Integer> {
    @ParentCommand
    private CraqCommand craq;

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "NAME", description = "Name of the file in the store.")
    private String name;

    @Mixin
    private ReadOptions read;

    @Override
    public Integer call() {
        VersionOptions options = read.versions();
        PrintWriter out = spec.commandLine().getOut();
        try (CraqClient client = craq.client()) {
            VersionPage page = client.versions(name, options);
            page.versions().forEach(version -> out.println(line(version)));
            while (!page.last() && !out.checkError()) {
                page = client.versions(name, options.withCursor(page.nextCursor()));
                page.versions().forEach(version -> out.println(line(version)));
            }
        }
        return 0;
    }

    private String line(VersionInfo version) {
        if (craq.json()) {
            return Json.of(version);
        }
        FileInfo file = version.file();
        String state = version.deleted() ? "deleted" : version.pruned() ? "pruned" : file.crc32cHex();
        return String.format(
                "%14s  %s  %-10s  %s",
                version.deleted() ? "-" : file.length(), ListCommand.time(file), file.version(), state);
    }
}
