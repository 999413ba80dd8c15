package org.craq.client.certs;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;

/** The name of a cluster in its certificates, which is part of every identity; it has the form of a node id. */
public record ClusterName(String value) {
    private static final String URI_START = "spiffe://craq/";
    private static final int RANDOM_BYTES = 6;

    /**
     * Checks the form.
     *
     * @throws IllegalArgumentException when the name has another form
     */
    public ClusterName {
        NameForm.checked("cluster name", value);
    }

    /** Returns a name that no other cluster has. */
    public static ClusterName random() {
        byte[] bytes = new byte[RANDOM_BYTES];
        new SecureRandom().nextBytes(bytes);
        return new ClusterName("c-" + HexFormat.of().formatHex(bytes));
    }

    /** Returns the URI that a CA of this cluster carries, and with which the identities of its holders begin. */
    String uri() {
        return URI_START + value;
    }

    /** Returns the cluster of a CA's URI; empty if the URI is another one. */
    static Optional<ClusterName> ofUri(String uri) {
        if (!uri.startsWith(URI_START)) {
            return Optional.empty();
        }
        try {
            return Optional.of(new ClusterName(uri.substring(URI_START.length())));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
