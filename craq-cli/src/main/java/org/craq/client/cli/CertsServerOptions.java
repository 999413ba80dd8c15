package org.craq.client.cli;

import java.io.IOException;
import java.util.List;
import org.craq.client.certs.CertificateFolder;
import org.craq.client.certs.Holder;
import org.craq.client.certs.Role;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** What {@code craq certs node} and {@code craq certs manager} are told about a server. */
final class CertsServerOptions {
    @Spec(Target.MIXEE)
    private CommandSpec command;

    @Parameters(
            index = "0",
            paramLabel = "ID",
            description = "The server's name: 1 to 63 letters, digits, '-', '_' or '.', such as n4.")
    private String name;

    @Parameters(
            index = "1..*",
            arity = "1..*",
            split = ",",
            paramLabel = "HOST",
            description = "Addresses under which others reach it, separated by commas: IP addresses and DNS names.")
    private List<String> hosts;

    @Option(names = "--force", description = "Replace a certificate and key that the server already has.")
    private boolean force;

    /** Makes the certificate and reports it. */
    int make(Role role, CertsCommand certs) throws IOException {
        Holder holder;
        try {
            holder = Holder.server(role, name, String.join(",", hosts));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command.commandLine(), e.getMessage(), e);
        }
        CertificateFolder folder = certs.certificates();
        CertsReport report = certs.report(command);
        report.issued(folder.issue(List.of(holder), force));
        report.afterServer(folder, holder);
        return 0;
    }
}
