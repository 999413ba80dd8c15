package org.craq.client.certs;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What is known about a certificate, and what is wrong with it.
 *
 * @param identity the URI of a server, a user or a CA's cluster; empty if there is none
 * @param names addresses
 * @param until empty if the file can't be read
 * @param issuer a short name, with "(old)" if it is about to be replaced
 * @param problems sentences that begin with a lower-case letter
 */
public record CertificateReport(
        Path file,
        String identity,
        List<String> names,
        Optional<Validity> until,
        String issuer,
        List<String> problems) {
    public CertificateReport {
        names = List.copyOf(names);
        problems = List.copyOf(problems);
    }

    /**
     * The end of a certificate.
     *
     * @param daysLeft whole days; negative after the end
     */
    public record Validity(Instant end, long daysLeft) {}

    static CertificateReport unreadable(Path file, String problem) {
        return new CertificateReport(file, "", List.of(), Optional.empty(), "", List.of(problem));
    }
}
