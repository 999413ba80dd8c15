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
@Command(name = "put", description = "Store a file, or a folder with all that is in it.")
final class PutCommand implements Callable<Integer> {
    /** From here on an interrupted put leaves something that is worth going on with. */
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
            description = "Its name in the store. Default: the last part of FILE. With -r: what stands in front of the"
                    + " files' relative paths, with a / between; an empty one puts them at the top.")
    private String name;

    @Mixin
    private WriteOptions write;

    @Option(
            names = "--no-resume",
            description =
                    "Send a file of 256 MiB and more in one go: if that is interrupted, nothing is left to go on with.")
    private boolean atOnce;

    @Mixin
    private ManyOptions many;

    @Option(
            names = "--follow",
            description = "With -r: store what symbolic links lead to, instead of passing them over.")
    private boolean follow;

    private final LocalNames names = LocalNames.ofProcess();

    @Override
    public Integer call() throws IOException, InterruptedException {
        PutOptions options = write.get();
        if (many.recursive()) {
            return storeFolder(options);
        }
        if (follow) {
            throw new ParameterException(spec.commandLine(), "--follow belongs to -r");
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
            Path source = names.path(file);
            if (resumes(options)) {
                ResumedPut resumed = resumed(client, storedName, source, options);
                if (resumed.reachable()) {
                    return resumed.run(storedName, source, told);
                }
                note(
                        storedName,
                        "no node answers at its REST address, so this can't be gone on with if it is interrupted");
            }
            return client.put(storedName, source, told);
        }
    }

    private void note(String storedName, String text) {
        craq.streams().errors().println("craq: " + Printable.line(storedName + ": " + text));
    }

    /** Uploads in parts have names of their own for two of their texts. */
    private boolean resumes(PutOptions options) throws IOException {
        return !atOnce
                && length(file).orElse(0) >= RESUMED_BYTES
                && !options.userMetadata().containsKey("filename")
                && !options.userMetadata().containsKey("filetype");
    }

    private ResumedPut resumed(CraqClient client, String storedName, Path source, PutOptions options)
            throws IOException {
        UploadMemory memory =
                new UploadMemory(UploadMemory.folder(System.getenv()), craq.manager(), storedName, source, options);
        return new ResumedPut(client, memory, craq.timeout(), text -> note(storedName, text));
    }

    private String storedName() throws IOException {
        if (name != null) {
            return name;
        }
        // Of "." and the like, the last part of where it really is.
        Path last = file.equals("-")
                ? null
                : names.path(file).toAbsolutePath().normalize().getFileName();
        if (last == null) {
            throw new ParameterException(spec.commandLine(), "say under which NAME to store it");
        }
        return names.text(last);
    }

    /** Bytes that will come; empty for what has no length of its own. */
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
