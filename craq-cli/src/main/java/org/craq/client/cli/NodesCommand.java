package org.craq.client.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.craq.client.ChainInfo;
import org.craq.client.CraqClient;
import org.craq.client.MemberInfo;
import org.craq.client.rest.Authorization;
import org.craq.client.rest.Rest;
import org.craq.wire.CraqException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code craq nodes}: shows the status that each member of the chain reports. */
@Command(
        name = "nodes",
        description =
                "Show the status that each member of the chain reports: marks, lease, disk and memory. Exit code 1"
                        + " if one does not answer or does not serve.")
final class NodesCommand implements Callable<Integer> {
    private static final double MEBIBYTE = 1 << 20;

    @ParentCommand
    private CraqCommand craq;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        try (CraqClient client = craq.client()) {
            ChainInfo chain = client.chain();
            AdminPages pages = new AdminPages(chain, new Rest(craq.http(), Authorization.of(client)));
            if (!craq.json()) {
                spec.commandLine()
                        .getOut()
                        .printf(
                                "%-12s %-7s %-8s %10s %10s %6s %8s %12s %12s %9s%n",
                                "node",
                                "role",
                                "state",
                                "last",
                                "committed",
                                "lag",
                                "lease ms",
                                "stored MiB",
                                "free MiB",
                                "heap MiB");
            }
            boolean well = true;
            for (MemberInfo member : chain.members()) {
                well &= show(member, pages);
            }
            return well ? 0 : 1;
        }
    }

    private boolean show(MemberInfo member, AdminPages pages) {
        PrintWriter out = spec.commandLine().getOut();
        JsonObject page;
        try {
            page = pages.get(member, "/v1/admin/status");
        } catch (CraqException e) {
            spec.commandLine().getErr().println("craq: " + e.getMessage());
            if (!craq.json()) {
                out.printf("%-12s %-7s %s%n", member.nodeId(), member.role(), "silent");
            }
            return false;
        }
        boolean serves = page.get("serving").getAsBoolean();
        if (craq.json()) {
            out.println(Json.text(page));
            return serves;
        }
        JsonObject chain = page.getAsJsonArray("chains").get(0).getAsJsonObject();
        out.printf(
                "%-12s %-7s %-8s %10d %10d %6d %8d %12.1f %12.1f %9.1f%n",
                member.nodeId(),
                member.role(),
                serves ? "serves" : chain.get("complete").getAsBoolean() ? "waits" : "catches up",
                chain.get("lastSeq").getAsLong(),
                chain.get("commitMark").getAsLong(),
                chain.get("lag").getAsLong(),
                chain.get("leaseMillis").getAsLong(),
                page.get("storedBytes").getAsLong() / MEBIBYTE,
                page.getAsJsonObject("storage").get("freeBytes").getAsLong() / MEBIBYTE,
                page.get("heapUsedBytes").getAsLong() / MEBIBYTE);
        JsonElement setAside = page.getAsJsonObject("storage").get("setAside");
        if (setAside != null && setAside.getAsJsonObject().get("segments").getAsInt() > 0) {
            out.printf(
                    "  %.1f MiB of these are set aside, because the node's database does not know them%n",
                    setAside.getAsJsonObject().get("bytes").getAsLong() / MEBIBYTE);
        }
        String trouble = page.get("trouble").getAsString();
        if (!trouble.isEmpty()) {
            out.println("  " + trouble);
        }
        return serves;
    }
}
