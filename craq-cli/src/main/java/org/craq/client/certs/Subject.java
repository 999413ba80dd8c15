package org.craq.client.certs;

import java.security.SecureRandom;
import java.util.HexFormat;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x500.style.IETFUtils;

/** The distinguished name of a certificate, which is for people: programs use the URI. */
record Subject(X500Name name) {
    private static final int RANDOM_BYTES = 4;

    static Subject of(Identity identity) {
        return new Subject(new X500NameBuilder(BCStyle.INSTANCE)
                .addRDN(BCStyle.O, identity.cluster().value())
                .addRDN(BCStyle.OU, identity.role().word())
                .addRDN(BCStyle.CN, identity.name())
                .build());
    }

    /** Returns a name that no other CA has. */
    static Subject ofAuthority(ClusterName cluster) {
        byte[] bytes = new byte[RANDOM_BYTES];
        new SecureRandom().nextBytes(bytes);
        return new Subject(new X500NameBuilder(BCStyle.INSTANCE)
                .addRDN(BCStyle.O, cluster.value())
                .addRDN(BCStyle.CN, "CRAQ CA " + HexFormat.of().formatHex(bytes))
                .build());
    }

    /** Returns the common name, or the whole name if there is none. */
    static String shortName(X500Principal principal) {
        RDN[] common = X500Name.getInstance(principal.getEncoded()).getRDNs(BCStyle.CN);
        return common.length == 0
                ? principal.getName()
                : IETFUtils.valueToString(common[0].getFirst().getValue());
    }
}
