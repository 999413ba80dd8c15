package org.craq.client.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.craq.client.ChainInfo;
import org.craq.client.CraqClient;
import org.craq.client.FileInfo;
import org.craq.client.FileVersion;
import org.craq.client.GetOptions;
import org.craq.client.MemberInfo;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code craq verify}: reads one version from every member that serves, and compares the copies. */
@Command(
        name = "verify",
        description =
                "Read a file from every member, verify each byte, and compare the copies with each other and with a"
                        + " local file; exit code 1 if they differ.")
final class VerifyCommand implements Callable<Integer> {
    private static final String LOCAL = "";

    @ParentCommand
    private CraqCommand craq;

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "NAME", description = "Name of the file in the store.")
    private String name;

    @Parameters(index = "1", arity = "0..1", paramLabel = "FILE", description = "A local file to compare with.")
    private Path file;

    @Option(names = "--version", paramLabel = "VERSION", description = "An old version, for example 3-1205.")
    private FileVersion version;

    private final LocalNames names = LocalNames.ofProcess();

    @Override
    public Integer call() throws IOException, InterruptedException {
        Map<String, String> digests = new LinkedHashMap<>();
        FileInfo info;
        try (CraqClient client = craq.client()) {
            info = client.stat(name, asked(GetOptions.defaults()));
            ChainInfo chain = client.chain();
            for (MemberInfo member : chain.members()) {
                if (member.complete()) {
                    GetOptions there =
                            GetOptions.defaults().withVersion(info.version()).withNode(member.nodeId());
                    digests.put(
                            member.nodeId(),
                            Sha256.of(out -> client.get(name, out, there)).hex());
                }
            }
        }
        if (file != null) {
            digests.put(LOCAL, Sha256.of(out -> Files.copy(file, out)).hex());
        }
        boolean equal = digests.values().stream().distinct().count() == 1;
        print(info, digests, equal);
        return equal ? 0 : 1;
    }

    private GetOptions asked(GetOptions options) {
        return version == null ? options : options.withVersion(version);
    }

    private void print(FileInfo info, Map<String, String> digests, boolean equal) {
        PrintWriter out = spec.commandLine().getOut();
        if (craq.json()) {
            out.println(Json.ofVerified(info, digests, equal));
            return;
        }
        digests.forEach((who, digest) ->
                out.println(digest + "  " + (who.equals(LOCAL) ? Printable.line(names.shown(file)) : who)));
        out.println(name + ": version " + info.version() + ", " + info.length() + " bytes, "
                + (equal ? "equal everywhere" : "DIFFERS"));
    }
}
