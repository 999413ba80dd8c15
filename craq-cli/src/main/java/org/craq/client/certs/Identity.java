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

    /** Returns the identity that a URI stands for; empty if it stands for none to the servers. */
    public static Optional<Identity> ofUri(String uri) {
        return org.craq.wire.tls.Identity.ofUri(uri)
                .map(known -> new Identity(
                        new ClusterName(known.cluster()),
                        Role.valueOf(known.kind().name()),
                        known.name()));
    }
}
