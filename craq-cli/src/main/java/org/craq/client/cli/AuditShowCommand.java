package org.craq.client.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code craq audit show}: prints lines for people, all or some. */
@Command(name = "show", description = "Print lines of an audit trail; with --json as they are. Does not verify them.")
final class AuditShowCommand implements Callable<Integer> {
    private static final Set<String> DENIED = Set.of("UNAUTHENTICATED", "PERMISSION_DENIED", "CROSS_SITE");

    @Spec
    private CommandSpec spec;

    @Option(names = "--user", paramLabel = "USER", description = "Only what this user did or tried.")
    private String user;

    @Option(names = "--action", paramLabel = "ACTION", description = "Only this action, such as write or login.")
    private String action;

    @Option(names = "--denied", description = "Only what was refused because of who asked.")
    private boolean denied;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Files of audit trails.")
    private List<Path> files;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        boolean json = spec.root().userObject() instanceof CraqCommand craq && craq.json();
        int[] unreadable = new int[1];
        for (Path file : files) {
            AuditChain.read(file, (line, number) -> {
                Optional<JsonObject> fields = AuditChain.fields(line);
                if (fields.isEmpty()) {
                    unreadable[0]++;
                } else if (isWanted(fields.get())) {
                    out.println(json ? Printable.json(line) : Printable.line(words(fields.get())));
                }
                return !out.checkError();
            });
        }
        if (unreadable[0] > 0) {
            spec.commandLine().getErr().println("craq: " + unreadable[0] + " lines are not of an audit trail");
            return 1;
        }
        return 0;
    }

    private boolean isWanted(JsonObject fields) {
        return (user == null || user.equals(text(fields, "user")))
                && (action == null || action.equals(text(fields, "action")))
                && (!denied || DENIED.contains(text(fields, "outcome")));
    }

    private static String words(JsonObject fields) {
        String who = text(fields, "user");
        String peer = text(fields, "peer");
        String bytes = text(fields, "bytes");
        String detail = text(fields, "detail");
        return Stream.of(
                        text(fields, "ts"),
                        text(fields, "server"),
                        text(fields, "door"),
                        text(fields, "outcome"),
                        who.isEmpty() ? "-" : who,
                        text(fields, "action"),
                        quoted(text(fields, "name")),
                        text(fields, "version"),
                        bytes.isEmpty() ? "" : bytes + " bytes",
                        peer.isEmpty() ? "" : "from " + peer,
                        detail.isEmpty() ? "" : "(" + detail + ")")
                .filter(word -> !word.isEmpty())
                .collect(Collectors.joining(" "));
    }

    private static String quoted(String name) {
        return name.isEmpty() ? "" : "'" + name + "'";
    }

    private static String text(JsonObject fields, String name) {
        JsonElement value = fields.get(name);
        return value == null || !value.isJsonPrimitive() ? "" : value.getAsString();
    }
}
