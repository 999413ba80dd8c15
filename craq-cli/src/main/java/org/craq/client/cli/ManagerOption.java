package org.craq.client.cli;

import com.google.gson.JsonObject;
import java.util.List;
import java.util.Optional;
import org.craq.client.CraqClient;
import org.craq.client.rest.Authorization;
import org.craq.client.rest.Rest;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import picocli.CommandLine.Option;

/** The option of commands that ask a manager by REST, and the way to ask it. */
final class ManagerOption {
    @Option(
            names = "--manager-url",
            paramLabel = "URL",
            defaultValue = "${env:CRAQ_MANAGER_URL}",
            description = "REST address of a manager, such as https://m1.example:8080. Default: environment variable"
                    + " CRAQ_MANAGER_URL. Found automatically for a cluster that was started here by 'craq up'.")
    private String url;

    /** A manager that can be asked. */
    record Manager(Rest rest, String url) {
        /**
         * Sends a request without a body.
         *
         * @param path with encoded parts
         */
        JsonObject send(String method, String path) {
            return rest.send(Rest.Call.of("the manager", method, url + path));
        }

        JsonObject send(String method, String path, JsonObject body) {
            Rest.Call call = Rest.Call.of("the manager", method, url + path);
            return rest.send(new Rest.Call(call.server(), method, call.uri(), Optional.of(body)));
        }
    }

    /** Something that is done with a manager; it may read what the user enters. */
    interface Task<E extends Exception> {
        int at(Manager manager) throws E;
    }

    /** Does something with the manager, and returns the exit code. */
    <E extends Exception> int ask(CraqCommand craq, Task<E> task) throws E {
        String base = base(craq);
        try (CraqClient client = craq.client()) {
            return task.at(new Manager(new Rest(craq.http(), Authorization.of(client)), base));
        }
    }

    private String base(CraqCommand craq) {
        List<String> known = url == null || url.isEmpty() ? craq.known().managerUrls() : List.of(url);
        String base = known.stream()
                .findFirst()
                .orElseThrow(
                        () -> new CraqException(
                                ErrorCode.INVALID_ARGUMENT,
                                "say where the manager's REST interface is: --manager-url URL, such as https://m1.example:8080"));
        if (!base.matches("(?i)https?://[^/]+/*")) {
            throw new CraqException(
                    ErrorCode.INVALID_ARGUMENT,
                    "'" + base + "' is not the address of a manager: write http://HOST:PORT or https://HOST:PORT");
        }
        return base.replaceAll("/+$", "");
    }
}
