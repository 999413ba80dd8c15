package org.craq.client.certs;

import java.util.Optional;

/**
 * Whom a certificate speaks for, written as the URI {@code spiffe://craq/CLUSTER/ROLE/NAME}; each certificate of a
 * server or user has exactly one.
 */
public record Identity(ClusterName cluster, Role role, String name) {
    /**
     * Checks the name.
     *
     * @throws IllegalArgumentException when the name has not the form of a node id
     */
    public Identity {
        NameForm.checked(role.word() + " name", name);
    }

    /** Returns the URI that the certificate carries as its subject alternative name. */
    public String uri() {
        return cluster.uri() + "/" + role.word() + "/" + name;
    }

    /** Returns the identity that a URI stands for; empty if it stands for none. */
    public static Optional<Identity> ofUri(String uri) {
        int beforeName = uri.lastIndexOf('/');
        int beforeRole = beforeName < 0 ? -1 : uri.lastIndexOf('/', beforeName - 1);
        if (beforeRole < 0) {
            return Optional.empty();
        }
        return ClusterName.ofUri(uri.substring(0, beforeRole))
                .flatMap(cluster -> Role.of(uri.substring(beforeRole + 1, beforeName))
                        .flatMap(role -> of(cluster, role, uri.substring(beforeName + 1))));
    }

    private static Optional<Identity> of(ClusterName cluster, Role role, String name) {
        try {
            return Optional.of(new Identity(cluster, role, name));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
