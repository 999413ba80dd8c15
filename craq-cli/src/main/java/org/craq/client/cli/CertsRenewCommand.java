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

/** {@code craq certs renew}: replaces certificates, or the CA in steps during which everybody trusts everybody. */
@Command(
        name = "renew",
        description = {
            "Replace certificates by new ones with the same names and new keys, or the CA.",
            "The CA is replaced in three steps: --authority, then --all, then --authority --finish. After each, the changed files go to"
                    + " all servers before the next."
        })
final class CertsRenewCommand implements Callable<Integer> {
    @ParentCommand
    private CertsCommand certs;

    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "ID",
            arity = "0..*",
            description = "Servers such as n1 and users such as users/anna, whose certificates are replaced.")
    private List<String> ids = List.of();

    @Option(names = "--all", description = "All servers and users in the folder.")
    private boolean all;

    @Option(
            names = "--authority",
            description = "Make a new CA. The old one stays trusted beside it until --finish; only the new one signs.")
    private boolean authority;

    @Option(names = "--finish", description = "With --authority: end the trust in the old CA.")
    private boolean finish;

    @Option(
            names = "--force",
            description = "With --finish: even if there are certificates that only the old CA has signed.")
    private boolean force;

    @Override
    public Integer call() throws IOException {
        check();
        CertificateFolder folder = certs.certificates();
        CertsReport report = certs.report(spec);
        if (!authority) {
            report.issued(folder.renew(all ? folder.ids() : ids));
            report.afterRenewal();
            return 0;
        }
        if (finish) {
            folder.finishReplacement(force);
        } else {
            folder.beginReplacement();
        }
        report.authority(folder);
        if (finish) {
            report.afterReplacement(folder);
        } else {
            report.duringReplacement(folder);
        }
        return 0;
    }

    private void check() {
        boolean leaves = all || !ids.isEmpty();
        if (authority && leaves) {
            throw wrong(
                    "--authority can't be combined with servers or users: first give the new ca.crt to everybody, then"
                            + " renew them");
        }
        if (all && !ids.isEmpty()) {
            throw wrong("--all can't be combined with single servers or users");
        }
        if (!authority && (finish || force)) {
            throw wrong((finish ? "--finish" : "--force") + " needs --authority" + (finish ? "" : " --finish"));
        }
        if (force && !finish) {
            throw wrong("--force needs --finish");
        }
        if (!authority && !leaves) {
            throw wrong("name the servers and users whose certificates are to be renewed, or --all, or --authority");
        }
        try {
            ids.forEach(Holder::checkedId);
        } catch (IllegalArgumentException e) {
            throw wrong(e.getMessage());
        }
    }

    private ParameterException wrong(String text) {
        return new ParameterException(spec.commandLine(), text);
    }
}
