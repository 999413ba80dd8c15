package org.craq.client.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.util.List;

/** Prints users and access keys as the manager describes them: as tables for people, or as JSON. */
final class UserReport {
    private static final String USERS = "%-20s %-9s %-9s %5s  %s%n";
    private static final String KEYS = "%-20s  %-20s  %-20s  %-20s  %s%n";

    private final PrintWriter out;
    private final boolean json;

    UserReport(PrintWriter out, boolean json) {
        this.out = out;
        this.json = json;
    }

    void users(List<JsonObject> users) {
        if (json) {
            users.forEach(user -> out.println(Json.text(user)));
            return;
        }
        out.printf(USERS, "user", "state", "password", "keys", "grants");
        for (JsonObject user : users) {
            out.printf(
                    USERS,
                    shown(user, "name"),
                    state(user),
                    password(user),
                    objects(user, "keys").size(),
                    Printable.line(String.join(", ", texts(user, "grants"))));
        }
    }

    void user(JsonObject user) {
        if (json) {
            out.println(Json.text(user));
            return;
        }
        out.println(shown(user, "name") + ": " + state(user) + ", "
                + (password(user).equals("yes") ? "with" : "without") + " a password, created at "
                + shown(user, "createdAt"));
        texts(user, "grants").forEach(grant -> out.println("  grant  " + Printable.line(grant)));
        objects(user, "keys").forEach(key -> out.println("  key    " + line(key)));
    }

    /** Says in a line what was done, or prints the user as it is now. */
    void done(String text, JsonObject user) {
        if (json) {
            out.println(Json.text(user));
        } else {
            out.println(Printable.line(text));
        }
    }

    void grants(List<JsonObject> users) {
        for (JsonObject user : users) {
            for (String grant : texts(user, "grants")) {
                if (json) {
                    JsonObject fields = new JsonObject();
                    fields.addProperty("user", text(user, "name"));
                    fields.addProperty("grant", grant);
                    out.println(Json.text(fields));
                } else {
                    out.printf("%-20s  %s%n", shown(user, "name"), Printable.line(grant));
                }
            }
        }
    }

    void keys(List<JsonObject> users) {
        List<JsonObject> keys =
                users.stream().flatMap(user -> objects(user, "keys").stream()).toList();
        if (json) {
            keys.forEach(key -> out.println(Json.text(key)));
            return;
        }
        out.printf(KEYS, "key", "user", "created", "expires", "limits");
        keys.forEach(key -> out.printf(
                KEYS,
                shown(key, "id"),
                shown(key, "user"),
                second(key, "createdAt"),
                second(key, "expiresAt"),
                limits(key)));
    }

    /** Describes a key in a line. */
    static String line(JsonObject key) {
        String expires = second(key, "expiresAt");
        String limits = limits(key);
        return shown(key, "id")
                + (expires.isEmpty() ? ", does not expire" : ", expires at " + expires)
                + (limits.isEmpty() ? "" : ", limited to " + limits);
    }

    private static String limits(JsonObject key) {
        return Printable.line(String.join(", ", texts(key, "limits")));
    }

    private static String state(JsonObject user) {
        return flag(user, "enabled") ? "enabled" : "disabled";
    }

    private static String password(JsonObject user) {
        return flag(user, "hasPassword") ? "yes" : "no";
    }

    private static boolean flag(JsonObject object, String name) {
        return object.has(name) && object.get(name).getAsBoolean();
    }

    /** Returns a time to the second, in UTC; empty if there is none. */
    private static String second(JsonObject object, String name) {
        String time = shown(object, name);
        return time.length() < 19 ? time : time.substring(0, 19) + "Z";
    }

    private static String shown(JsonObject object, String name) {
        return Printable.line(text(object, name));
    }

    /** Returns a text; empty if there is none. */
    static String text(JsonObject object, String name) {
        JsonElement value = object.get(name);
        return value != null && value.isJsonPrimitive() ? value.getAsString() : "";
    }

    /** Returns a list of texts; empty if there is none. */
    static List<String> texts(JsonObject object, String name) {
        JsonElement value = object.get(name);
        return value != null && value.isJsonArray()
                ? value.getAsJsonArray().asList().stream()
                        .map(JsonElement::getAsString)
                        .toList()
                : List.of();
    }

    /** Returns a list of objects; empty if there is none. */
    static List<JsonObject> objects(JsonObject object, String name) {
        JsonElement value = object.get(name);
        return value != null && value.isJsonArray()
                ? value.getAsJsonArray().asList().stream()
                        .map(JsonElement::getAsJsonObject)
                        .toList()
                : List.of();
    }
}
