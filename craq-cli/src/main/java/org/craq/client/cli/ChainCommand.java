package org.craq.client.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.craq.client.ChainInfo;
import org.craq.client.CraqClient;
import org.craq.client.MemberInfo;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code craq chain}: shows the chain as the manager has configured it. */
@Command(name = "chain", description = "Show the chain's members, head first, as the manager has configured it.")
final class ChainCommand implements Callable<Integer> {
    @ParentCommand
    private CraqCommand craq;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        try (CraqClient client = craq.client()) {
            print(client.chain());
        }
        return 0;
    }

    private void print(ChainInfo chain) {
        PrintWriter out = spec.commandLine().getOut();
        if (craq.json()) {
            out.println(Json.of(chain));
            return;
        }
        out.println("chain " + chain.chainId() + ", epoch " + chain.epoch());
        for (MemberInfo member : chain.members()) {
            out.println(String.format(
                    "%-12s %-6s  %-12s  gRPC %s  %s",
                    member.nodeId(),
                    member.role(),
                    member.complete() ? "serves" : "catches up",
                    member.grpcAddress(),
                    member.httpUrl()));
        }
    }
}
