package org.craq.client.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.craq.client.certs.Holder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code craq certs export}: packs what one server or user needs. */
@Command(
        name = "export",
        description = {
            "Pack what one server or user needs: its certificate and key, and the certificates of the CA.",
            "The CA's key is not in it."
        })
final class CertsExportCommand implements Callable<Integer> {
    @ParentCommand
    private CertsCommand certs;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "ID", description = "A server such as n1, or a user such as users/anna.")
    private String id;

    @Option(
            names = "--to",
            required = true,
            paramLabel = "TARGET",
            description = "A file that ends with .tar, which only its owner can read, or else a folder.")
    private Path target;

    @Option(names = "--force", description = "Replace existing files.")
    private boolean force;

    @Override
    public Integer call() throws IOException {
        try {
            Holder.checkedId(id);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        boolean archive = target.toString().endsWith(".tar");
        if (archive) {
            certs.export().toArchive(id, target, force);
        } else {
            certs.export().toFolder(id, target, force);
        }
        certs.report(spec).exported(id, target, archive);
        return 0;
    }
}
