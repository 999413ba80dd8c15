package org.craq.client.cli;

import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code craq whoami}: shows for whom the cluster takes the caller. */
@Command(name = "whoami", description = "Show which user you are, how you have shown it, and what you may do.")
final class WhoAmICommand implements Callable<Integer> {
    @ParentCommand
    private CraqCommand craq;

    @Spec
    private CommandSpec spec;

    @Mixin
    private ManagerOption option;

    @Override
    public Integer call() {
        return option.ask(craq, manager -> {
            JsonObject caller = manager.send("GET", "/v1/auth/whoami");
            PrintWriter out = spec.commandLine().getOut();
            if (craq.json()) {
                out.println(Json.text(caller));
                return 0;
            }
            String key = UserReport.text(caller, "key");
            out.println(Printable.line(UserReport.text(caller, "user") + ", by "
                    + UserReport.text(caller, "method").replace('_', ' ') + (key.isEmpty() ? "" : " " + key)));
            UserReport.texts(caller, "groups").forEach(group -> out.println("  in " + Printable.line(group)));
            UserReport.texts(caller, "grants").forEach(grant -> out.println("  " + Printable.line(grant)));
            UserReport.texts(caller, "limits")
                    .forEach(limit -> out.println("  this key at most " + Printable.line(limit)));
            return 0;
        });
    }
}
