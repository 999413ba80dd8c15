package org.craq.client.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.util.function.LongFunction;
import org.craq.client.ChainInfo;
import org.craq.client.CraqClient;
import org.craq.client.rest.Authorization;
import org.craq.client.rest.Rest;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code craq quota}: manages how much may be kept under prefixes of names. */
@Command(
        name = "quota",
        description = {
            "Manage how much may be kept under prefixes of names. This needs the grant admin: without a prefix.",
            "Old versions and deleted files count until retention has discarded them."
        })
final class QuotaCommand implements Runnable {
    private static final String QUOTAS = "/v1/admin/quotas?prefix=";
    private static final String PREFIX = "Beginning of the names, such as docs/; '' for all files.";
    private static final String LINE = "%-30s  %12s  %12s  %12s  %12s%n";

    @ParentCommand
    private CraqCommand craq;

    @Spec
    private CommandSpec spec;

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }

    private void done(String text, JsonObject fields) {
        new UserReport(out(), craq.json()).done(text, fields);
    }

    /** What a quota limits. */
    static final class Limits {
        @Option(
                names = "--bytes",
                paramLabel = "SIZE",
                converter = ByteCount.Converter.class,
                description = "How many bytes may be kept, in one copy, such as 100GiB.")
        private ByteCount bytes;

        @Option(
                names = "--versions",
                paramLabel = "N",
                description = "How many versions and deletions may be recorded, such as 1000000.")
        private Long versions;
    }

    @Command(name = "set", description = "Set the quota of a prefix, in place of one that it may have.")
    int set(
            @Mixin ManagerOption option,
            @Parameters(paramLabel = "PREFIX", description = PREFIX) String prefix,
            @ArgGroup(exclusive = false, multiplicity = "1") Limits limits) {
        return option.ask(craq, manager -> {
            JsonObject body = new JsonObject();
            if (limits.bytes != null) {
                body.addProperty("bytes", limits.bytes.bytes());
            }
            if (limits.versions != null) {
                body.addProperty("versions", limits.versions);
            }
            done("the quota of '" + prefix + "' is set", manager.send("PUT", QUOTAS + Rest.encoded(prefix), body));
            return 0;
        });
    }

    @Command(name = "remove", description = "Remove the quota of a prefix.")
    int remove(@Mixin ManagerOption option, @Parameters(paramLabel = "PREFIX", description = PREFIX) String prefix) {
        return option.ask(craq, manager -> {
            manager.send("DELETE", QUOTAS + Rest.encoded(prefix));
            JsonObject fields = new JsonObject();
            fields.addProperty("prefix", prefix);
            done("the quota of '" + prefix + "' is removed", fields);
            return 0;
        });
    }

    @Command(name = "list", description = "List all quotas, and how much of them is used, as the head counts it.")
    int list() {
        try (CraqClient client = craq.client()) {
            ChainInfo chain = client.chain();
            AdminPages pages = new AdminPages(chain, new Rest(craq.http(), Authorization.of(client)));
            print(pages.get(chain.members().get(0), "/v1/admin/usage"));
        }
        return 0;
    }

    private void print(JsonObject usage) {
        if (!craq.json()) {
            out().printf(LINE, "prefix", "used", "of", "versions", "of");
        }
        for (JsonObject quota : UserReport.objects(usage, "quotas")) {
            if (craq.json()) {
                out().println(Json.text(quota));
            } else {
                out().printf(
                                LINE,
                                "'" + Printable.line(UserReport.text(quota, "prefix")) + "'",
                                number(quota, "usedBytes", ByteCount::text, "counting"),
                                number(quota, "bytes", ByteCount::text, "no limit"),
                                number(quota, "usedVersions", Long::toString, "counting"),
                                number(quota, "versions", Long::toString, "no limit"));
            }
        }
    }

    private static String number(JsonObject quota, String name, LongFunction<String> text, String none) {
        JsonElement value = quota.get(name);
        return value == null || value.isJsonNull() ? none : text.apply(value.getAsLong());
    }

    @Override
    public void run() {
        throw CraqCommand.subcommandMissing(spec);
    }
}
