package org.craq.client.cli;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.craq.client.CraqClient;
import org.craq.client.FileInfo;
import org.craq.client.FileVersion;
import org.craq.client.GetOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code craq stat}: shows what is known of a file. */
@Command(name = "stat", description = "Show what is known of a file.")
final class StatCommand implements Callable<Integer> {
    @ParentCommand
    private CraqCommand craq;

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "NAME", description = "Name of the file in the store.")
    private String name;

    @Option(names = "--version", paramLabel = "VERSION", description = "An old version, for example 3-1205.")
    private FileVersion version;

    @Mixin
    private ReadOptions read;

    @Override
    public Integer call() {
        GetOptions options = read.get();
        if (version != null) {
            options = options.withVersion(version);
        }
        try (CraqClient client = craq.client()) {
            print(client.stat(name, options));
        }
        return 0;
    }

    private void print(FileInfo file) {
        PrintWriter out = spec.commandLine().getOut();
        if (craq.json()) {
            out.println(Json.of(file));
            return;
        }
        out.println("name          " + file.name());
        out.println("version       " + file.version() + (file.clean() ? "" : " (not yet known to be committed there)"));
        out.println("length        " + file.length());
        out.println("crc32c        " + file.crc32cHex());
        out.println("created       " + file.createdAt());
        out.println("answered by   " + file.answered().node() + ", "
                + file.answered().consistency().name().toLowerCase(Locale.ROOT));
        out.println("session       " + file.answered().session());
        if (!file.contentType().isEmpty()) {
            out.println("content type  " + Printable.line(file.contentType()));
        }
        file.userMetadata().forEach((key, value) -> out.println("meta          " + Printable.line(key + "=" + value)));
    }
}
