package org.craq.client.cli;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.craq.client.certs.CertificateFolder;
import org.craq.client.certs.Holder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code craq certs user}: makes the certificate of a user. */
@Command(name = "user", description = "Make the certificate of a user, valid for 90 days.")
final class CertsUserCommand implements Callable<Integer> {
    @ParentCommand
    private CertsCommand certs;

    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "NAME",
            description = "The user's name: 1 to 63 letters, digits, '-', '_' or '.', such as anna.")
    private String name;

    @Option(names = "--force", description = "Replace a certificate and key that the user already has.")
    private boolean force;

    @Override
    public Integer call() throws IOException {
        Holder holder;
        try {
            holder = Holder.user(name);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        CertificateFolder folder = certs.certificates();
        CertsReport report = certs.report(spec);
        report.issued(folder.issue(List.of(holder), force));
        report.afterUser(folder, holder);
        return 0;
    }
}
