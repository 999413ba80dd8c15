package org.craq.client.certs;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.craq.client.FailureReason;

/** Looks at certificate files, those of {@link CertificateFolder} and others, and finds what is wrong with them. */
public final class Inspection {
    /** A CA's folder, those of servers and "users", those of users. */
    private static final int DEPTH = 3;

    private final Clock clock;

    public Inspection(Clock clock) {
        this.clock = clock;
    }

    /**
     * Reports on a file, or on all certificates of a folder. They are checked against the nearest {@code ca.crt} in the
     * same folder or the two above.
     */
    public List<CertificateReport> of(Path given) throws IOException {
        if (!Files.exists(given)) {
            throw new NoSuchFileException(given.toString());
        }
        List<Path> files = Files.isDirectory(given) ? certificates(given) : List.of(given);
        List<CertificateReport> reports = new ArrayList<>();
        for (Path file : files) {
            reports.addAll(reports(file));
        }
        return reports;
    }

    private static List<Path> certificates(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder, DEPTH)) {
            List<Path> found = files.filter(file -> file.toString().endsWith(".crt") && Files.isRegularFile(file))
                    .sorted(Comparator.comparing((Path file) -> !isAuthority(file))
                            .thenComparing(file -> file.startsWith(folder.resolve("users")))
                            .thenComparing(Comparator.naturalOrder()))
                    .toList();
            if (found.isEmpty()) {
                throw new FileSystemException(folder.toString(), null, "holds no certificates");
            }
            return found;
        }
    }

    private static boolean isAuthority(Path file) {
        return file.getFileName().toString().equals(AuthorityFiles.CERTIFICATES);
    }

    private List<CertificateReport> reports(Path file) {
        List<X509Certificate> certificates;
        try {
            certificates = Pem.certificates(file);
        } catch (IOException e) {
            return List.of(CertificateReport.unreadable(file, FailureReason.why(e)));
        }
        if (!isAuthority(file)) {
            return List.of(ofHolder(file, certificates));
        }
        List<CertificateReport> reports = new ArrayList<>();
        for (X509Certificate each : certificates) {
            reports.add(ofAuthority(file, each, certificates));
        }
        return reports;
    }

    private CertificateReport ofAuthority(Path file, X509Certificate certificate, List<X509Certificate> all) {
        List<String> problems = timeProblems(certificate);
        if (certificate.getBasicConstraints() < 0) {
            problems.add("is not the certificate of a CA");
        }
        Path key = file.resolveSibling(AuthorityFiles.KEY);
        // The key is often kept elsewhere.
        if (certificate.equals(all.get(0)) && Files.exists(key)) {
            problems.addAll(KeyCheck.key(key, all));
        }
        return report(file, certificate, Subject.shortName(certificate.getIssuerX500Principal()), problems);
    }

    private CertificateReport ofHolder(Path file, List<X509Certificate> chain) {
        HolderCheck check = new HolderCheck(file, chain, clock.instant());
        List<String> problems = timeProblems(chain.get(0));
        problems.addAll(check.problems());
        return report(file, chain.get(0), check.issuer(), problems);
    }

    private CertificateReport report(Path file, X509Certificate certificate, String issuer, List<String> problems) {
        AlternativeNames names = AlternativeNames.of(certificate);
        Instant end = certificate.getNotAfter().toInstant();
        return new CertificateReport(
                file,
                String.join(" ", names.uris()),
                names.hosts(),
                Optional.of(new CertificateReport.Validity(end, ChronoUnit.DAYS.between(clock.instant(), end))),
                issuer,
                problems);
    }

    private List<String> timeProblems(X509Certificate certificate) {
        List<String> problems = new ArrayList<>();
        Instant now = clock.instant();
        if (now.isAfter(certificate.getNotAfter().toInstant())) {
            problems.add("has expired");
        } else if (now.isBefore(certificate.getNotBefore().toInstant())) {
            problems.add("is not valid before " + certificate.getNotBefore().toInstant());
        }
        return problems;
    }
}
