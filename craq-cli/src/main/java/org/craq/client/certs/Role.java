package org.craq.client.certs;

import java.time.Duration;
import java.util.List;
import org.bouncycastle.asn1.x509.KeyPurposeId;

/** What the holder of a certificate is in its cluster. */
public enum Role {
    NODE("node", "node", 398),
    MANAGER("manager", "node", 398),
    USER("user", "user", 90);

    private final String word;
    private final String fileStem;
    private final Duration validity;

    Role(String word, String fileStem, int days) {
        this.word = word;
        this.fileStem = fileStem;
        this.validity = Duration.ofDays(days);
    }

    /** Returns the role's name in identities and messages. */
    public String word() {
        return word;
    }

    /** Returns true if the holder serves under addresses, which its certificate names. */
    public boolean server() {
        return this != USER;
    }

    /** Returns the beginning of the names of the holder's files. */
    String fileStem() {
        return fileStem;
    }

    Duration validity() {
        return validity;
    }

    /** Returns the extended key usages of the holder's certificate. */
    List<KeyPurposeId> purposes() {
        return server()
                ? List.of(KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth)
                : List.of(KeyPurposeId.id_kp_clientAuth);
    }
}
