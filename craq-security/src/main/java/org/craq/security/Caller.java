package org.craq.security;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * An authenticated caller and what it may do. Every question is answered by the rights at that moment, so a caller that
 * is kept for a long transfer can be asked again. Thread-safe.
 *
 * @param user empty if security is switched off
 * @param method how it has proved who it is, for the audit trail
 * @param key id of its access key, if it used one
 */
public record Caller(String user, Method method, Optional<String> key, Supplier<Rights> rights) {
    /** How a caller proves who it is. */
    public enum Method {
        /** Security is switched off. */
        NONE,
        TOKEN,
        ACCESS_KEY,
        PASSWORD,
        CERTIFICATE,
        /** A token for one request, as in a presigned URL. */
        PRESIGNED,
        /** A session of the content port, which a server has given to an authenticated user. */
        SESSION
    }

    private static final String NOBODY = "";

    /** May do everything; used where security is switched off, and for what a server does by itself. */
    public static final Caller UNRESTRICTED = new Caller(NOBODY, Method.NONE, Optional.empty(), () -> {
        throw new IllegalStateException("nothing is asked");
    });

    private boolean unrestricted() {
        return method == Method.NONE;
    }

    /**
     * Returns whether the caller may do something.
     *
     * @param name the file; empty for actions that are not on files
     */
    public boolean may(Action action, String name) {
        return unrestricted() || rights.get().allow(user, key, action, name);
    }

    /**
     * Requires that the caller may do something.
     *
     * @param name the file; empty for actions that are not on files
     * @throws AccessException DENIED, naming caller, action and file
     */
    public void require(Action action, String name) {
        if (!may(action, name)) {
            throw new AccessException(
                    AccessException.Reason.DENIED,
                    "user " + user + key.map(id -> " with key " + id).orElse("") + " must not " + action.words()
                            + (action.isOnFiles() ? " '" + name + "'" : ""));
        }
    }

    /**
     * Returns which names the caller may read among those that begin with a prefix.
     *
     * @return prefixes in order, none of which begins with another; empty if the caller may read none
     */
    public List<String> readableBelow(String prefix) {
        if (unrestricted()) {
            return List.of(prefix);
        }
        Rights now = rights.get();
        User known = now.users().get(user);
        if (known == null || !known.enabled()) {
            return List.of();
        }
        List<String> ofUser = known.grants().allowedBelow(prefix, Action.READ);
        if (key.isEmpty()) {
            return ofUser;
        }
        AccessKey used = now.keys().get(key.get());
        if (used == null || !used.user().equals(user)) {
            return List.of();
        }
        if (used.limits().isEmpty()) {
            return ofUser;
        }
        List<String> both = new ArrayList<>();
        ofUser.forEach(part -> both.addAll(used.limits().get().allowedBelow(part, Action.READ)));
        return both;
    }
}
