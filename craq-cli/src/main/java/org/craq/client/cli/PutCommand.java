package org.craq.client.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.craq.client.CraqClient;
import org.craq.client.PutOptions;
import org.craq.client.Receipt;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code craq put}: stores a file, or standard input. */
@Command(name = "put", description = "Store a file, or a folder with everything in it.")
final class PutCommand implements Callable<Integer> {
    /** From this size on, an upload is sent in a way that can be resumed. */
    private static final long RESUMED_BYTES = 256L << 20;

    @ParentCommand
    private CraqCommand craq;

    @Spec
    private CommandSpec spec;

    @Parameters(
            index = "0",
            paramLabel = "FILE",
            description = "The file to store; - for standard input. With -r: the folder.")
    private String file;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "NAME",
            description = "Name of the file in the store. Default: the last part of FILE. With -r: prefix of the files'"
                    + " relative paths, separated by a /; if empty, the paths have no prefix.")
    private String name;

    @Mixin
    private WriteOptions write;

    @Option(
            names = "--no-resume",
            description = "Keep nothing of a file of 256 MiB or more if its upload is interrupted.")
    private boolean atOnce;

    @Mixin
    private ManyOptions many;

    @Option(names = "--follow", description = "With -r: store the targets of symbolic links, instead of skipping them.")
    private boolean follow;

    private final LocalNames names = LocalNames.ofProcess();

    @Override
    public Integer call() throws IOException, InterruptedException {
        PutOptions options = write.get();
        if (many.recursive()) {
            return storeFolder(options);
        }
        if (follow) {
            throw new ParameterException(spec.commandLine(), "--follow needs -r");
        }
        print(store(storedName(), options));
        return 0;
    }

    private int storeFolder(PutOptions options) throws IOException, InterruptedException {
        Path folder = names.path(file);
        if (!Files.isDirectory(folder)) {
            throw new NotDirectoryException(file);
        }
        String prefix = storedName();
        TransferReport report = new TransferReport(craq.streams(), craq.json(), "stored");
        String below = prefix.isEmpty() || prefix.endsWith("/") ? prefix : prefix + "/";
        many.transfer(craq, file, new FolderPut(folder, below, follow, options, report), report);
        return report.summary();
    }

    private Receipt store(String storedName, PutOptions options) throws IOException {
        try (CraqClient client = craq.client();
                Progress progress = Progress.of(storedName, length(file), craq.streams())) {
            PutOptions told = options.withProgress(progress);
            if (file.equals("-")) {
                return client.put(storedName, craq.streams().in(), told);
            }
            return client.put(storedName, names.path(file), resumes() ? resumed(storedName, told) : told);
        }
    }

    private boolean resumes() throws IOException {
        return !atOnce && length(file).orElse(0) >= RESUMED_BYTES;
    }

    private PutOptions resumed(String storedName, PutOptions options) {
        return options.withResume(
                StateFolder.uploads(System.getenv()),
                note -> craq.streams().errors().println("craq: " + Printable.line(storedName + ": " + note)));
    }

    private String storedName() throws IOException {
        if (name != null) {
            return name;
        }
        // For "." and the like, use the last part of the actual path.
        Path last = file.equals("-")
                ? null
                : names.path(file).toAbsolutePath().normalize().getFileName();
        if (last == null) {
            throw new ParameterException(spec.commandLine(), "the NAME in the store is missing");
        }
        return names.text(last);
    }

    /** Returns the number of bytes to send; empty for a source without a known length. */
    static OptionalLong length(String file) throws IOException {
        if (file.equals("-")) {
            return OptionalLong.empty();
        }
        Path path = LocalNames.ofProcess().path(file);
        return Files.isRegularFile(path) ? OptionalLong.of(Files.size(path)) : OptionalLong.empty();
    }

    private void print(Receipt receipt) {
        spec.commandLine().getOut().println(craq.json() ? Json.of(receipt) : TransferReport.line(receipt));
    }
}
