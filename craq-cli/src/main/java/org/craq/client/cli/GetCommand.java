package org.craq.client.cli;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.craq.client.CraqClient;
import org.craq.client.FileInfo;
import org.craq.client.FileVersion;
import org.craq.client.GetOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code craq get}: reads a file back. */
@Command(name = "get", description = "Read a file back, or all files of a folder.")
final class GetCommand implements Callable<Integer> {
    @ParentCommand
    private CraqCommand craq;

    @Spec
    private CommandSpec spec;

    @Parameters(
            index = "0",
            paramLabel = "NAME",
            description = "Name of the file in the store. With -r: of the folder; empty for all files.")
    private String name;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "FILE",
            description = "Where to write it; - for standard output. An existing file is replaced."
                    + " Default: the last part of NAME, in the current folder. With -r: the folder to write to.")
    private String file;

    @Option(names = "--version", paramLabel = "VERSION", description = "An old version, for example 3-1205.")
    private FileVersion version;

    @Option(
            names = "--ranges",
            paramLabel = "N",
            description =
                    "Fetch N ranges of the file concurrently, 1 to 64, from all members in turn. An interrupted download can"
                            + " then not be resumed. Default: 1.")
    private int ranges = 1;

    @Mixin
    private ReadOptions read;

    @Mixin
    private ManyOptions many;

    private final LocalNames names = LocalNames.ofProcess();

    @Override
    public Integer call() throws IOException, InterruptedException {
        GetOptions options = read.get();
        if (version != null) {
            options = options.withVersion(version);
        }
        if (ranges < 1 || ranges > GetOptions.MAX_PARALLEL) {
            throw new ParameterException(
                    spec.commandLine(), "--ranges must be 1 to " + GetOptions.MAX_PARALLEL + ", not " + ranges);
        }
        options = options.withParallel(ranges);
        if (many.recursive()) {
            return readFolder(options);
        }
        String target = target();
        FileInfo info = read(options, target);
        if (!target.equals("-")) {
            print(info, target);
        }
        return 0;
    }

    private String target() {
        return file == null ? name.substring(name.lastIndexOf('/') + 1) : file;
    }

    private int readFolder(GetOptions options) throws IOException, InterruptedException {
        if (version != null || "-".equals(file)) {
            throw new ParameterException(
                    spec.commandLine(),
                    version != null ? "--version can't be combined with -r" : "-r can't write to standard output");
        }
        String folder = name.endsWith("/") ? name.substring(0, name.length() - 1) : name;
        String prefix = folder.isEmpty() ? "" : folder + "/";
        Path target = names.path(
                file != null ? file : folder.isEmpty() ? "." : folder.substring(folder.lastIndexOf('/') + 1));
        TransferReport report = new TransferReport(craq.streams(), craq.json(), "read");
        many.transfer(craq, name, new FolderGet(prefix, target, options, report), report);
        return report.summary();
    }

    private FileInfo read(GetOptions options, String target) throws IOException {
        try (CraqClient client = craq.client();
                Progress progress = Progress.of(name, OptionalLong.empty(), craq.streams())) {
            if (craq.streams().terminal()) {
                // An additional request, for the length of the file, which the progress bar needs.
                progress.total(client.stat(name, options).length());
            }
            GetOptions told = options.withProgress(progress);
            return target.equals("-")
                    ? client.get(name, craq.streams().out(), told)
                    : client.get(name, path(target), told.withResume(this::note));
        }
    }

    /**
     * Converts the target to a path. A target that ends with a slash can only be a folder, even if it does not exist
     * yet.
     */
    private Path path(String target) throws IOException {
        Path path = names.path(target);
        if (target.endsWith("/")) {
            throw new FileSystemException(target, null, "is a directory; name a file in it");
        }
        return path;
    }

    private void note(String text) {
        craq.streams().errors().println("craq: " + Printable.line(target() + ": " + text));
    }

    private void print(FileInfo info, String target) {
        spec.commandLine().getOut().println(craq.json() ? Json.of(info) : TransferReport.line(info, target));
    }
}
