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
 * @param assertion what an issuer outside of the cluster says of it; its groups are those that have grants here
 */
public record Caller(
        String user, Method method, Optional<String> key, Optional<Assertion> assertion, Supplier<Rights> rights) {
    /** How a caller proves who it is. */
    public enum Method {
        /** Security is switched off. */
        NONE,
        TOKEN,
        ACCESS_KEY,
        PASSWORD,
        CERTIFICATE,
        /** A token of the OpenID Connect issuer. */
        OIDC,
        /** The application server has authenticated it. */
        CONTAINER,
        /** A token for one request, as in a presigned URL. */
        PRESIGNED,
        /** A session of the content port, which a server has given to an authenticated user. */
        SESSION
    }

    private static final String NOBODY = "";

    /** May do everything; used where security is switched off, and for what a server does by itself. */
    public static final Caller UNRESTRICTED =
            new Caller(NOBODY, Method.NONE, Optional.empty(), Optional.empty(), () -> {
                throw new IllegalStateException("nothing is asked");
            });

    private boolean unrestricted() {
        return method == Method.NONE;
    }

    /** Returns the groups that the caller is in, as far as they have grants here. */
    public List<String> groups() {
        return assertion.map(Assertion::groups).orElse(List.of());
    }

    /** Returns what the caller has been granted at present, by itself or by its groups, without the limits of its key. */
    public Grants grants() {
        return unrestricted() ? Grants.ALL : rights.get().grants(user, groups());
    }

    /**
     * Returns whether the caller may do something.
     *
     * @param name the file; empty for actions that are not on files
     */
    public boolean may(Action action, String name) {
        return unrestricted() || rights.get().allow(user, groups(), key, action, name);
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
                    refusal(action.words() + (action.isOnFiles() ? " '" + name + "'" : "")));
        }
    }

    /** Says that the caller must not do something, and how a user from outside of whom nothing is known gets a right. */
    public String refusal(String what) {
        boolean unknown = User.isOutside(user)
                && groups().isEmpty()
                && !rights.get().users().containsKey(user);
        return "user " + user + key.map(id -> " with key " + id).orElse("") + " must not " + what
                + (unknown
                        ? "; nothing is granted to it or its groups yet. An administrator can do so: craq grant add "
                                + user + " ROLE:PREFIX"
                        : "");
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
        List<String> ofUser = now.grants(user, groups()).allowedBelow(prefix, Action.READ);
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
