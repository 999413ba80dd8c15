package org.craq.client.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.List;
import java.util.Optional;
import org.craq.client.rest.Refused;
import org.craq.client.rest.Rest;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/** The manager's pages about users. What the manager refuses is thrown as {@link Refused}. */
final class UserPages {
    private static final String USERS = "/v1/admin/users";

    private final ManagerOption.Manager manager;

    UserPages(ManagerOption.Manager manager) {
        this.manager = manager;
    }

    private static String page(String user) {
        if (user.isEmpty()) {
            throw new CraqException(ErrorCode.INVALID_ARGUMENT, "the name of a user must not be empty");
        }
        return USERS + "/" + Rest.path(user).replace("/", "%2F");
    }

    List<JsonObject> all() {
        return UserReport.objects(manager.send("GET", USERS), "users");
    }

    /** Returns one user, or all if none is named. */
    List<JsonObject> some(String user) {
        return user == null ? all() : List.of(one(user));
    }

    JsonObject one(String user) {
        return manager.send("GET", page(user));
    }

    /**
     * Creates a user.
     *
     * @throws CraqException CHANGE_REFUSED when it exists
     */
    JsonObject add(String user, List<String> grants, Optional<String> password) {
        requireNone(user);
        JsonObject body = new JsonObject();
        body.add("grants", array(grants));
        password.ifPresent(text -> body.addProperty("password", text));
        return manager.send("PUT", page(user), body);
    }

    /** Fails if there is such a user: the manager would change it. */
    void requireNone(String user) {
        try {
            one(user);
        } catch (Refused e) {
            if (e.code() == ErrorCode.NOT_FOUND) {
                return;
            }
            throw e;
        }
        throw new CraqException(ErrorCode.CHANGE_REFUSED, "user " + user + " exists already");
    }

    JsonObject enable(String user, boolean enabled) {
        JsonObject body = new JsonObject();
        body.addProperty("enabled", enabled);
        return change(user, body);
    }

    JsonObject password(String user, String password) {
        JsonObject body = new JsonObject();
        body.addProperty("password", password);
        return change(user, body);
    }

    /** Changes a user that exists: the manager would create another one. */
    private JsonObject change(String user, JsonObject body) {
        one(user);
        return manager.send("PUT", page(user), body);
    }

    void remove(String user) {
        manager.send("DELETE", page(user));
    }

    void revokeTokens(String user) {
        manager.send("DELETE", page(user) + "/tokens");
    }

    JsonObject addGrant(String user, String grant) {
        JsonObject body = new JsonObject();
        body.addProperty("grant", grant);
        return manager.send("POST", page(user) + "/grants", body);
    }

    JsonObject removeGrant(String user, String grant) {
        return manager.send("DELETE", page(user) + "/grants?grant=" + Rest.encoded(grant));
    }

    /**
     * Creates an access key; the answer has its secret.
     *
     * @param limits empty for none
     */
    JsonObject createKey(String user, Optional<Long> expiresInSeconds, List<String> limits) {
        JsonObject body = new JsonObject();
        expiresInSeconds.ifPresent(seconds -> body.addProperty("expiresInSeconds", seconds));
        if (!limits.isEmpty()) {
            body.add("limits", array(limits));
        }
        return manager.send("POST", page(user) + "/keys", body);
    }

    void deleteKey(String user, String id) {
        manager.send("DELETE", page(user) + "/keys/" + Rest.path(id).replace("/", "%2F"));
    }

    private static JsonArray array(List<String> texts) {
        JsonArray array = new JsonArray();
        texts.forEach(array::add);
        return array;
    }
}
