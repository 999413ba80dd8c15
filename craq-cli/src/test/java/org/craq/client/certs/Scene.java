package org.craq.client.certs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;

/** A folder with the certificates of the cluster "blue", made at a time that a test decides. */
record Scene(Path folder) {
    static final Instant START = Instant.parse("2026-05-04T10:00:00Z");
    static final ClusterName BLUE = new ClusterName("blue");
    static final Holder N1 = Holder.server(Role.NODE, "n1", "127.0.0.1,::1,localhost,n1.example");
    static final Holder M1 = Holder.server(Role.MANAGER, "m1", "10.0.0.9");
    static final Holder ANNA = Holder.user("anna");

    static Clock at(Duration afterStart) {
        return Clock.fixed(START.plus(afterStart), ZoneOffset.UTC);
    }

    CertificateFolder certificates(Clock clock) {
        return new CertificateFolder(folder, clock);
    }

    CertificateFolder certificates() {
        return certificates(at(Duration.ZERO));
    }

    /** Makes the CA and the certificates of all three. */
    CertificateFolder full(Clock clock) throws IOException {
        CertificateFolder made = certificates(clock);
        made.create(Optional.of(BLUE), false);
        made.issue(List.of(N1, M1, ANNA), false);
        return made;
    }

    CertificateFolder full() throws IOException {
        return full(at(Duration.ZERO));
    }

    X509Certificate certificate(String file) throws IOException {
        return Pem.certificates(folder.resolve(file)).get(0);
    }

    String mode(String file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(file)));
    }
}
