package org.craq.cluster;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * With which roles the servers of a cluster use its database. The managers share one, as they share their tables, and each
 * node has one of its own: whoever breaks into a node can neither read nor change what belongs to the others.
 *
 * @param secret from which the roles' passwords are derived, so that a server that knows its own knows no other
 * @param own false in clusters of earlier versions: all servers use the same role, with the secret as its password
 */
record DatabaseRoles(String secret, boolean own) {
    /** The role that all servers of an earlier version's cluster share. */
    static final String SHARED = "craq";

    private static final String MANAGERS = "craq_manager";
    private static final String NODE = "craq_node_";
    private static final String MAC = "HmacSHA256";

    /** Returns the role of a server. */
    DatabaseRole of(ServerSpec server) {
        if (!own) {
            return new DatabaseRole(SHARED, secret);
        }
        String name = server.manager() ? MANAGERS : NODE + server.id();
        return new DatabaseRole(name, password(name));
    }

    /** Returns the roles of these servers. */
    List<DatabaseRole> of(List<ServerSpec> servers) {
        return servers.stream().map(this::of).distinct().toList();
    }

    private String password(String role) {
        try {
            Mac mac = Mac.getInstance(MAC);
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), MAC));
            return HexFormat.of().formatHex(mac.doFinal(role.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK lacks " + MAC, e);
        }
    }
}
