package org.craq.client.certs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.craq.client.FailureReason;

/** Checks the secret files of certificates: whether they belong to them, and that nobody else can read them. */
final class KeyCheck {
    private static final Set<PosixFilePermission> OF_OTHERS = EnumSet.of(
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.GROUP_EXECUTE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE,
            PosixFilePermission.OTHERS_EXECUTE);
    private static final Set<PosixFilePermission> CHANGE_BY_OTHERS =
            EnumSet.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);

    private KeyCheck() {}

    /** Returns the problems of a private key, which must be that of one of the certificates. */
    static List<String> key(Path file, List<X509Certificate> owners) {
        List<String> problems = new ArrayList<>(secret(file));
        try {
            PrivateKey key = Pem.key(file);
            if (owners.stream().noneMatch(owner -> EcKeys.match(owner.getPublicKey(), key))) {
                problems.add(file.getFileName() + " does not match the certificate");
            }
        } catch (IOException e) {
            problems.add(file.getFileName() + ": " + FailureReason.why(e));
        }
        return problems;
    }

    /** Returns the problems of a key store, which must hold a certificate with its key. */
    static List<String> keyStore(KeyStoreFile store, Certificate owner) {
        List<String> problems = new ArrayList<>(secret(store.file()));
        problems.addAll(secret(store.password()));
        String name = store.file().getFileName().toString();
        try {
            if (store.certificate().filter(owner::equals).isEmpty()) {
                problems.add(name + " holds another certificate");
            }
        } catch (IOException e) {
            problems.add(name + " can't be opened with " + store.password().getFileName());
        }
        return problems;
    }

    /** Returns a problem if others can read a file, or replace it. */
    private static List<String> secret(Path file) {
        List<String> problems = new ArrayList<>();
        try {
            if (permits(file, OF_OTHERS)) {
                problems.add(file.getFileName() + " is not private; run: chmod 600 " + file);
            }
            Path folder = file.toAbsolutePath().getParent();
            if (permits(folder, CHANGE_BY_OTHERS)) {
                problems.add("others can replace " + file.getFileName() + "; run: chmod go-w " + folder);
            }
        } catch (IOException e) {
            problems.add(file.getFileName() + ": " + FailureReason.why(e));
        }
        return problems;
    }

    private static boolean permits(Path file, Set<PosixFilePermission> any) throws IOException {
        return Files.getPosixFilePermissions(file).stream().anyMatch(any::contains);
    }
}
