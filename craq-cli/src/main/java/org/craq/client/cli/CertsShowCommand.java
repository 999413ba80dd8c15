package org.craq.client.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Callable;
import org.craq.client.certs.CertificateReport;
import org.craq.client.certs.Inspection;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code craq certs show}: lists certificates and their problems. */
@Command(
        name = "show",
        description = "List certificates, how long they are valid, and what is wrong with them. Exit code 1 if"
                + " something is.")
final class CertsShowCommand implements Callable<Integer> {
    private static final int FAILED = 1;

    @ParentCommand
    private CertsCommand certs;

    @Spec
    private CommandSpec spec;

    @Parameters(
            arity = "0..1",
            paramLabel = "FILE|DIR",
            description = "One certificate, or a folder with certificates. Default: the folder of --dir.")
    private Path given;

    @Override
    public Integer call() throws IOException {
        List<CertificateReport> reports = new Inspection(Clock.systemUTC()).of(given == null ? certs.folder() : given);
        certs.report(spec).table(reports);
        return reports.stream().allMatch(each -> each.problems().isEmpty()) ? 0 : FAILED;
    }
}
