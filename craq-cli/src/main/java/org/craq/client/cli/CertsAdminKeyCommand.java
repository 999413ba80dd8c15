package org.craq.client.cli;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code craq certs admin-key}: makes an access key with which somebody can administer a cluster again. */
@Command(
        name = "admin-key",
        description = {
            "Make an access key of the user admin: the file admin.key, which 'craq certs init' makes as well.",
            "A manager whose setting craq.admin.key.file names it accepts the key from its next start on."
        })
final class CertsAdminKeyCommand implements Callable<Integer> {
    @ParentCommand
    private CertsCommand certs;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--force",
            description = "Replace the file. The former key is valid until it is deleted: craq key delete admin ID.")
    private boolean force;

    @Override
    public Integer call() throws IOException {
        AdminKey key = AdminKey.in(certs.folder());
        if (key.exists() && !force) {
            throw new FileAlreadyExistsException(
                    key.file().toString(), null, "exists already; --force replaces it by another key");
        }
        certs.report(spec).adminKey(key.file(), key.create());
        return 0;
    }
}
