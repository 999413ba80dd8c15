package org.craq.client.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.craq.client.certs.CertificateFolder;
import org.craq.client.certs.ClusterName;
import org.craq.client.certs.Holder;
import org.craq.client.certs.Role;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code craq certs init}: makes a CA and the certificates of the servers that are named. */
@Command(
        name = "init",
        description = {
            "Make a CA, valid for 10 years, certificates for servers, valid for 398 days, and the access key of the"
                    + " first administrator.",
            "Example: craq certs init --server n1=10.0.0.1,n1.example --manager-server m1=10.0.0.9"
        })
final class CertsInitCommand implements Callable<Integer> {
    @ParentCommand
    private CertsCommand certs;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--cluster",
            paramLabel = "NAME",
            description = "The cluster's name in the certificates. Default: a random one; with --force the one it had.")
    private String cluster;

    @Option(
            names = "--server",
            paramLabel = "ID=HOST[,HOST...]",
            description = "A node, with the addresses under which others reach it: IP addresses and DNS names. May be"
                    + " repeated.")
    private List<String> nodes = List.of();

    @Option(
            names = "--manager-server",
            paramLabel = "ID=HOST[,HOST...]",
            description = "A manager, likewise. May be repeated.")
    private List<String> managers = List.of();

    @Option(
            names = "--force",
            description = "Replace a CA. All certificates that it has signed are worthless afterwards.")
    private boolean force;

    @Override
    public Integer call() throws IOException {
        Optional<ClusterName> name;
        List<Holder> holders = new ArrayList<>();
        try {
            name = Optional.ofNullable(cluster).map(ClusterName::new);
            nodes.forEach(each -> holders.add(server(Role.NODE, each)));
            managers.forEach(each -> holders.add(server(Role.MANAGER, each)));
            requireDistinct(holders);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        CertificateFolder folder = certs.certificates();
        folder.create(name, force);
        CertsReport report = certs.report(spec);
        report.authority(folder);
        report.issued(folder.issue(holders, force));
        AdminKey key = AdminKey.in(certs.folder());
        // Keys of users do not depend on the CA, so a new CA leaves it.
        if (!key.exists()) {
            report.adminKey(key.file(), key.create());
        }
        report.afterInit(folder, holders);
        return 0;
    }

    private static Holder server(Role role, String text) {
        int sign = text.indexOf('=');
        if (sign < 0) {
            throw new IllegalArgumentException("'" + text
                    + "' must be the server's name, '=' and its addresses, such as" + " n1=10.0.0.1,n1.example");
        }
        return Holder.server(role, text.substring(0, sign), text.substring(sign + 1));
    }

    private static void requireDistinct(List<Holder> holders) {
        Set<String> names = new HashSet<>();
        for (Holder holder : holders) {
            if (!names.add(holder.name())) {
                throw new IllegalArgumentException("'" + holder.name()
                        + "' is named twice; give each server a name of its own and all its addresses, separated by"
                        + " commas");
            }
        }
    }
}
