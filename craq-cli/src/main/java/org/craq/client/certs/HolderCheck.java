package org.craq.client.certs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.craq.client.FailureReason;

/** Checks the certificate of a server or user: its identity, what it may be used for, its issuer, its key. */
final class HolderCheck {
    /** The folder of the file itself, that of all servers, and "users" in between for users. */
    private static final int FOLDERS_TO_SEARCH = 3;

    private final Path file;
    private final List<X509Certificate> chain;
    private final X509Certificate certificate;
    private final Instant now;
    private final Optional<Identity> identity;
    private final List<String> problems = new ArrayList<>();
    private String issuer;

    HolderCheck(Path file, List<X509Certificate> chain, Instant now) {
        this.file = file;
        this.chain = chain;
        this.certificate = chain.get(0);
        this.now = now;
        identity = AlternativeNames.of(certificate).identity();
        issuer = Subject.shortName(certificate.getIssuerX500Principal());
        checkIdentity();
        checkIssuer();
        checkKeys();
    }

    List<String> problems() {
        return problems;
    }

    /** Returns a short name of the issuer, with a remark if it is about to be replaced. */
    String issuer() {
        return issuer;
    }

    private void checkIdentity() {
        if (identity.isEmpty()) {
            problems.add("does not have one URI which is an identity, such as spiffe://craq/CLUSTER/node/ID");
            return;
        }
        Role role = identity.get().role();
        if (role.server() && AlternativeNames.of(certificate).hosts().isEmpty()) {
            problems.add("names no address of the server");
        }
        List<String> purposes = purposes();
        for (KeyPurposeId needed : role.purposes()) {
            if (!purposes.contains(needed.getId())) {
                problems.add(
                        "is not for use as " + (needed.equals(KeyPurposeId.id_kp_serverAuth) ? "server" : "client"));
            }
        }
    }

    private List<String> purposes() {
        try {
            return Optional.ofNullable(certificate.getExtendedKeyUsage()).orElse(List.of());
        } catch (CertificateParsingException e) {
            return List.of();
        }
    }

    private void checkIssuer() {
        Optional<Path> trusted = trusted();
        if (trusted.isEmpty()) {
            problems.add("its issuer can't be checked, as there is no ca.crt in its folder or above");
            return;
        }
        try {
            checkIssuer(trusted.get());
        } catch (IOException e) {
            problems.add("its issuer can't be checked: " + FailureReason.ofFile(e));
        }
    }

    private void checkIssuer(Path trusted) throws IOException {
        List<X509Certificate> authorities = Pem.certificates(trusted);
        Optional<X509Certificate> root = new TrustedAuthorities(authorities).root(chain, withinValidity());
        if (root.isEmpty()) {
            problems.add("is not signed by a valid CA of " + trusted);
            return;
        }
        if (!root.get().equals(authorities.get(0))) {
            issuer += " (old)";
        }
        Authority.cluster(root.get()).ifPresent(cluster -> {
            if (identity.isPresent() && !identity.get().cluster().equals(cluster)) {
                problems.add("belongs to another cluster than its CA, " + cluster);
            }
        });
    }

    /** Returns the nearest file of trusted CAs. */
    private Optional<Path> trusted() {
        return Stream.iterate(file.toAbsolutePath().normalize().getParent(), folder -> folder != null, Path::getParent)
                .limit(FOLDERS_TO_SEARCH)
                .map(folder -> folder.resolve(AuthorityFiles.CERTIFICATES))
                .filter(Files::exists)
                .findFirst();
    }

    /** Returns the time nearest to now at which the certificate is valid, as its expiry is a problem of its own. */
    private Instant withinValidity() {
        Instant from = certificate.getNotBefore().toInstant();
        Instant until = certificate.getNotAfter().toInstant();
        return now.isBefore(from) ? from : now.isAfter(until) ? until : now;
    }

    private void checkKeys() {
        String name = file.getFileName().toString();
        String stem = name.endsWith(".crt") ? name.substring(0, name.length() - ".crt".length()) : name;
        Path folder = file.toAbsolutePath().getParent();
        HolderFiles files = new HolderFiles(folder, stem);
        if (Files.exists(files.key())) {
            problems.addAll(KeyCheck.key(files.key(), List.of(certificate)));
        } else {
            problems.add(files.key().getFileName() + " is missing");
        }
        if (Files.exists(files.keyStore().file())) {
            problems.addAll(KeyCheck.keyStore(files.keyStore(), certificate));
        }
    }
}
