package org.craq.server;

import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObjectBuilder;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;

/**
 * The answer to a health check in the format of MicroProfile Health, which orchestrators and load balancers understand:
 * 200 while all checks are up, otherwise 503 and the reason.
 */
public record HealthPage(List<Check> checks) {
    /**
     * One check.
     *
     * @param reason why it is down; empty while it is up
     */
    public record Check(String name, String reason) {
        boolean up() {
            return reason.isEmpty();
        }
    }

    public HealthPage {
        checks = List.copyOf(checks);
    }

    boolean up() {
        return checks.stream().allMatch(Check::up);
    }

    public void answer(HttpServletResponse response) throws IOException {
        response.setStatus(up() ? HttpServletResponse.SC_OK : HttpServletResponse.SC_SERVICE_UNAVAILABLE);
        response.setContentType("application/json");
        response.setCharacterEncoding("UTF-8");
        response.setHeader("Cache-Control", "no-store");
        response.getWriter().write(json());
    }

    String json() {
        JsonArrayBuilder list = Json.createArrayBuilder();
        for (Check check : checks) {
            JsonObjectBuilder one =
                    Json.createObjectBuilder().add("name", check.name()).add("status", word(check.up()));
            if (!check.up()) {
                one.add("data", Json.createObjectBuilder().add("reason", check.reason()));
            }
            list.add(one);
        }
        return Json.createObjectBuilder()
                .add("status", word(up()))
                .add("checks", list)
                .build()
                .toString();
    }

    private static String word(boolean up) {
        return up ? "UP" : "DOWN";
    }
}
