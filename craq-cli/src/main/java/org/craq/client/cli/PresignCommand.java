package org.craq.client.cli;

import com.google.gson.JsonObject;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.craq.client.FileVersion;
import org.craq.client.rest.Refused;
import org.craq.client.rest.Rest;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code craq presign}: makes a URL with which anybody can do one thing in the caller's name. */
@Command(
        name = "presign",
        description = {
            "Print a URL with which anybody can make one request in your name, such as a download, for some time.",
            "It can be used more than once. It ends early when you lose the right to do this."
        })
final class PresignCommand implements Callable<Integer> {
    @ParentCommand
    private CraqCommand craq;

    @Spec
    private CommandSpec spec;

    @Mixin
    private ManagerOption option;

    @Parameters(paramLabel = "NAME", description = "Name of the file in the store.")
    private String name;

    @Option(
            names = "--method",
            paramLabel = "METHOD",
            defaultValue = "GET",
            description = "HTTP method of the request: GET (which includes HEAD), PUT, POST or DELETE. Default:"
                    + " ${DEFAULT-VALUE}.")
    private String method;

    @Option(
            names = "--for",
            paramLabel = "TIME",
            defaultValue = "10m",
            converter = TimeSpan.Converter.class,
            description = "How long the URL is valid, such as 30s, 10m, 12h or 7d. Default: ${DEFAULT-VALUE}.")
    private TimeSpan validity;

    @Option(names = "--version", paramLabel = "VERSION", description = "An old version, for example 3-1205.")
    private FileVersion version;

    @Override
    public Integer call() {
        if (name.isEmpty()) {
            throw new CraqException(ErrorCode.INVALID_ARGUMENT, "the name of a file must not be empty");
        }
        return option.ask(craq, manager -> {
            String path = "/v1/files/" + Rest.path(name);
            JsonObject request = new JsonObject();
            request.addProperty("method", method.toUpperCase(Locale.ROOT));
            request.addProperty("path", path);
            if (version != null) {
                request.addProperty("query", "version=" + version);
            }
            request.addProperty("seconds", validity.seconds());
            JsonObject signed = manager.send("POST", "/v1/auth/presign", request);
            print(base(manager) + path + "?" + UserReport.text(signed, "query"), UserReport.text(signed, "expiresAt"));
            return 0;
        });
    }

    /** Returns the URL of a node, or of the manager, which redirects, if the caller may not see the nodes. */
    private static String base(ManagerOption.Manager manager) {
        try {
            return UserReport.objects(manager.send("GET", "/v1/admin/nodes"), "nodes").stream()
                    .filter(node -> node.has("alive") && node.get("alive").getAsBoolean())
                    .map(node -> UserReport.text(node, "httpUrl"))
                    .filter(url -> !url.isEmpty())
                    .findFirst()
                    .orElse(manager.url());
        } catch (Refused e) {
            return manager.url();
        }
    }

    private void print(String url, String expires) {
        if (!craq.json()) {
            spec.commandLine().getOut().println(url);
            return;
        }
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("url", url);
        fields.put("method", method.toUpperCase(Locale.ROOT));
        fields.put("expiresAt", expires);
        spec.commandLine().getOut().println(Json.text(fields));
    }
}
