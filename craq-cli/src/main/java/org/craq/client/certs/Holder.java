package org.craq.client.certs;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * A server or user that gets a certificate.
 *
 * @param name has the form of a node id
 * @param hosts addresses of a server, at least one; none for a user
 */
public record Holder(Role role, String name, List<Host> hosts) {
    private static final String USERS = "users/";

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException when they don't fit, with what to do about it
     */
    public Holder {
        NameForm.checked(role.word() + " name", name);
        hosts = hosts.stream().distinct().toList();
        if (role.server()) {
            checkFree(name);
            if (hosts.isEmpty()) {
                throw new IllegalArgumentException("'" + name
                        + "' needs at least one address under which others reach it, such as 10.0.0.1 or n1.example");
            }
        } else if (!hosts.isEmpty()) {
            throw new IllegalArgumentException("users have no addresses");
        }
    }

    /** Refuses names that other files of the folder have, also on file systems that ignore case. */
    private static void checkFree(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (lower.equals("users") || lower.startsWith("ca.")) {
            throw new IllegalArgumentException(
                    "'" + name + "' can't be the name of a server, as the folder has other files of this name");
        }
    }

    /** Returns a server whose addresses are separated by commas. */
    public static Holder server(Role role, String name, String hosts) {
        return new Holder(
                role,
                name,
                hosts.isEmpty()
                        ? List.of()
                        : Arrays.stream(hosts.split(",", -1)).map(Host::of).toList());
    }

    public static Holder user(String name) {
        return new Holder(Role.USER, name, List.of());
    }

    /** Returns the holder's place in the folder, by which commands name it: {@code n1} or {@code users/anna}. */
    public String id() {
        return role.server() ? name : USERS + name;
    }

    /**
     * Returns an id that a user has written.
     *
     * @throws IllegalArgumentException when no holder can have it
     */
    public static String checkedId(String id) {
        if (id.startsWith(USERS)) {
            NameForm.checked("user name", id.substring(USERS.length()));
        } else {
            checkFree(NameForm.checked("name of a server", id));
        }
        return id;
    }
}
