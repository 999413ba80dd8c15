package org.craq.client.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code craq audit verify}: finds the first line that was changed or is missing. */
@Command(
        name = "verify",
        description =
                "Check that no line was changed or taken out, and name the first that does not fit. Exit code 1 if"
                        + " there is one.")
final class AuditVerifyCommand implements Callable<Integer> {
    private static final int FAILED = 1;

    @Spec
    private CommandSpec spec;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Files of one server, oldest first.")
    private List<Path> files;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        AuditChain chain = new AuditChain();
        for (Path file : files) {
            boolean[] bad = new boolean[1];
            AuditChain.read(file, (line, number) -> {
                Optional<String> problem = chain.problem(line);
                problem.ifPresent(text -> out.println(file + " line " + number + ": " + text));
                bad[0] = problem.isPresent();
                return !bad[0];
            });
            if (bad[0]) {
                return FAILED;
            }
        }
        out.println(chain.lines() + " lines, none is missing or changed"
                + (chain.lines() == 0 || chain.beginsAtTheBegin()
                        ? ""
                        : "; what was before the first of them was not checked"));
        return 0;
    }
}
