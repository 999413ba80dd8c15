package org.craq.client.cli;

import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.craq.client.CraqClient;
import org.craq.client.rest.Authorization;
import org.craq.client.rest.Rest;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code craq scrub}: makes every member check its chunks, or compares what the members hold. */
@Command(
        name = "scrub",
        description = "Make every member check all its chunks now and repair damaged ones, or compare the members.")
final class ScrubCommand implements Callable<Integer> {

    @ParentCommand
    private CraqCommand craq;

    @Spec
    private CommandSpec spec;

    @ArgGroup
    private Kind kind = new Kind();

    /** What to do instead of a scrub. */
    private static final class Kind {
        @Option(
                names = "--compare",
                description = "Compare what the members hold of each file at the same commit mark, and report every"
                        + " difference; exit code 1 if there are any.")
        private boolean compare;

        @Option(names = "--status", description = "Only show the progress of each member.")
        private boolean status;
    }

    @Override
    public Integer call() {
        try (CraqClient client = craq.client()) {
            AdminPages pages = new AdminPages(client.chain(), new Rest(craq.http(), Authorization.of(client)));
            if (kind.compare) {
                return compare(pages);
            }
            for (String member : pages.ids()) {
                show(
                        member,
                        kind.status ? pages.get(member, "/v1/admin/scrub") : pages.post(member, "/v1/admin/scrub"));
            }
            return 0;
        }
    }

    private int compare(AdminPages pages) {
        ReplicaComparison.Result result = new ReplicaComparison(pages).run();
        PrintWriter out = spec.commandLine().getOut();
        if (craq.json()) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("members", pages.ids());
            fields.put("mark", result.mark());
            fields.put("files", result.files());
            fields.put("differences", result.differences());
            out.println(Json.text(fields));
        } else {
            result.differences().forEach(difference -> {
                out.println(difference.name());
                difference
                        .holdings()
                        .forEach((member, holding) ->
                                out.println("  " + member + ": " + (holding.isEmpty() ? "nothing" : holding)));
            });
            out.printf(
                    "%d files of %d members compared at commit mark %d: %s%n",
                    result.files(),
                    pages.ids().size(),
                    result.mark(),
                    result.differences().isEmpty()
                            ? "equal"
                            : result.differences().size() + " differ");
        }
        return result.differences().isEmpty() ? 0 : 1;
    }

    private void show(String member, JsonObject page) {
        PrintWriter out = spec.commandLine().getOut();
        if (craq.json()) {
            page.addProperty("node", member);
            out.println(Json.text(page));
            return;
        }
        JsonObject pass = page.getAsJsonObject("current");
        out.printf(
                "%s: %s, %d chunks, %d MiB checked, %d damaged, %d repaired%n",
                member,
                pass.get("running").getAsBoolean() ? "checking" : "idle",
                pass.get("chunks").getAsLong(),
                pass.get("bytes").getAsLong() >> 20,
                pass.get("damaged").getAsLong(),
                pass.get("repaired").getAsLong());
    }
}
