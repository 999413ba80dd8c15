package org.craq.client.certs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.craq.client.FailureReason;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificateFolderTest {
    private static final int SIGN = 0;
    private static final int SIGN_CERTIFICATES = 5;
    private static final int SIGN_REVOCATIONS = 6;

    @TempDir
    private Path temporary;

    private Scene scene;

    @BeforeEach
    void name() {
        scene = new Scene(temporary.resolve("certs"));
    }

    @Test
    void theFolderHoldsWhatEachServerNeedsAndKeepsKeysPrivate() throws IOException {
        scene.full();
        Map<String, String> modes = new TreeMap<>();
        try (Stream<Path> files = Files.walk(scene.folder())) {
            for (Path each : files.toList()) {
                String name = scene.folder().relativize(each).toString();
                modes.put(name, scene.mode(name));
            }
        }
        Map<String, String> expected = new TreeMap<>();
        for (String folder : List.of("", "n1", "m1", "users", "users/anna")) {
            expected.put(folder, "rwx------");
        }
        for (String open : List.of("ca.crt", "n1/node.crt", "m1/node.crt", "users/anna/user.crt")) {
            expected.put(open, "rw-r--r--");
        }
        for (String secret : List.of(
                "ca.key",
                "n1/node.key",
                "n1/node.p12",
                "n1/node.p12.password",
                "m1/node.key",
                "m1/node.p12",
                "m1/node.p12.password",
                "users/anna/user.key")) {
            expected.put(secret, "rw-------");
        }
        assertThat(modes).isEqualTo(expected);
        assertThat(scene.folder().resolve("n1/node.key")).content().startsWith("-----BEGIN PRIVATE KEY-----\n");
    }

    @Test
    void theCaSignsCertificatesAndNothingElse() throws Exception {
        scene.full();
        X509Certificate ca = scene.certificate("ca.crt");
        ca.verify(ca.getPublicKey());
        assertThat(ca.getSigAlgName()).isEqualTo("SHA256withECDSA");
        assertThat(ca.getPublicKey().getAlgorithm()).isEqualTo("EC");
        assertThat(ca.getBasicConstraints()).isZero(); // no CA below this one
        assertThat(ca.getExtendedKeyUsage()).isNull();
        assertThat(usage(ca)).containsExactly(SIGN_CERTIFICATES, SIGN_REVOCATIONS);
        assertThat(ca.getNotBefore()).isEqualTo(Scene.START.minus(Duration.ofHours(1)));
        assertThat(ca.getNotAfter()).isEqualTo("2036-05-03T10:00:00Z");
        assertThat(AlternativeNames.of(ca)).isEqualTo(new AlternativeNames(List.of("spiffe://craq/blue"), List.of()));
        assertThat(ca.getCriticalExtensionOIDs()).containsExactlyInAnyOrder("2.5.29.15", "2.5.29.19");
    }

    @Test
    void certificatesOfServersSayWhoTheyAreAndWhere() throws Exception {
        scene.full();
        X509Certificate node = scene.certificate("n1/node.crt");
        assertThat(AlternativeNames.of(node).identity()).contains(new Identity(Scene.BLUE, Role.NODE, "n1"));
        assertThat(AlternativeNames.of(node).hosts())
                .containsExactly("127.0.0.1", "0:0:0:0:0:0:0:1", "localhost", "n1.example");
        assertThat(node.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2");
        assertThat(usage(node)).containsExactly(SIGN);
        assertThat(node.getBasicConstraints()).isEqualTo(-1);
        assertThat(node.getNotBefore()).isEqualTo(Scene.START.minus(Duration.ofHours(1)));
        assertThat(node.getNotAfter()).isEqualTo(Scene.START.plus(Duration.ofDays(398)));
        assertThat(AlternativeNames.of(scene.certificate("m1/node.crt")).uris())
                .containsExactly("spiffe://craq/blue/manager/m1");
        assertThat(node.getExtensionValue("2.5.29.14")).isNotNull(); // subject key id
        assertThat(node.getExtensionValue("2.5.29.35")).isNotNull(); // authority key id
    }

    @Test
    void certificatesOfUsersAreForClients() throws Exception {
        scene.full();
        X509Certificate user = scene.certificate("users/anna/user.crt");
        assertThat(AlternativeNames.of(user))
                .isEqualTo(new AlternativeNames(List.of("spiffe://craq/blue/user/anna"), List.of()));
        assertThat(user.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.2");
        assertThat(usage(user)).containsExactly(SIGN);
        assertThat(user.getNotAfter()).isEqualTo(Scene.START.plus(Duration.ofDays(90)));
    }

    private static List<Integer> usage(X509Certificate certificate) {
        List<Integer> bits = new ArrayList<>();
        boolean[] usage = certificate.getKeyUsage();
        for (int i = 0; i < usage.length; i++) {
            if (usage[i]) {
                bits.add(i);
            }
        }
        return bits;
    }

    @Test
    void serialsArePositiveAndDiffer() throws IOException {
        scene.full();
        List<X509Certificate> all = List.of(
                scene.certificate("ca.crt"), scene.certificate("n1/node.crt"), scene.certificate("m1/node.crt"));
        assertThat(all).allSatisfy(each -> {
            assertThat(each.getSerialNumber().signum()).isPositive();
            assertThat(each.getSerialNumber().bitLength()).isBetween(64, 128);
        });
        assertThat(all.stream().map(X509Certificate::getSerialNumber)).doesNotHaveDuplicates();
    }

    @Test
    void chainsLeadToTheCaAndKeysMatch() throws IOException {
        scene.full();
        TrustedAuthorities trusted =
                new TrustedAuthorities(Pem.certificates(scene.folder().resolve("ca.crt")));
        for (String stem : List.of("n1/node", "m1/node", "users/anna/user")) {
            List<X509Certificate> chain = Pem.certificates(scene.folder().resolve(stem + ".crt"));
            assertThat(chain).hasSize(2).last().isEqualTo(scene.certificate("ca.crt"));
            assertThat(trusted.root(chain, Scene.START)).contains(scene.certificate("ca.crt"));
            assertThat(trusted.root(chain, Scene.START.minus(Duration.ofHours(2))))
                    .isEmpty();
            assertThat(EcKeys.match(
                            chain.get(0).getPublicKey(), Pem.key(scene.folder().resolve(stem + ".key"))))
                    .isTrue();
        }
        Scene other = new Scene(temporary.resolve("other"));
        other.full();
        assertThat(trusted.root(Pem.certificates(other.folder().resolve("n1/node.crt")), Scene.START))
                .isEmpty();
    }

    @Test
    void theKeyStoreOpensWithItsPassword() throws IOException {
        scene.full();
        KeyStoreFile store =
                HolderFiles.of(scene.folder().resolve("n1"), Role.NODE).keyStore();
        assertThat(store.certificate()).contains(scene.certificate("n1/node.crt"));
        Files.writeString(store.password(), "wrong");
        assertThatThrownBy(store::certificate).isInstanceOf(IOException.class);
    }

    @Test
    void aRenewedKeyStoreHasThePasswordThatTheServerKnows() throws IOException {
        CertificateFolder folder = scene.full();
        KeyStoreFile store =
                HolderFiles.of(scene.folder().resolve("n1"), Role.NODE).keyStore();
        String password = Files.readString(store.password());
        folder.renew(List.of("n1"));
        assertThat(store.password()).hasContent(password);
        assertThat(store.certificate()).contains(scene.certificate("n1/node.crt"));
        assertThat(HolderFiles.of(scene.folder().resolve("m1"), Role.MANAGER)
                        .keyStore()
                        .password())
                .content()
                .isNotEqualTo(password);
    }

    @Test
    void nothingIsOverwritten() throws IOException {
        CertificateFolder folder = scene.full();
        X509Certificate ca = scene.certificate("ca.crt");
        X509Certificate node = scene.certificate("n1/node.crt");
        assertThatThrownBy(() -> folder.create(Optional.empty(), false))
                .isInstanceOf(FileAlreadyExistsException.class)
                .hasMessageContaining("--force");
        assertThatThrownBy(() -> folder.issue(List.of(Holder.user("bert"), Scene.N1), false))
                .isInstanceOf(FileAlreadyExistsException.class)
                .hasMessageContaining("craq certs renew n1");
        assertThat(scene.folder().resolve("users/bert")).doesNotExist();
        assertThat(scene.certificate("ca.crt")).isEqualTo(ca);
        assertThat(scene.certificate("n1/node.crt")).isEqualTo(node);

        folder.issue(List.of(Scene.N1), true);
        assertThat(scene.certificate("n1/node.crt")).isNotEqualTo(node);
        assertThat(folder.create(Optional.empty(), true)).isEqualTo(Scene.BLUE);
        assertThat(scene.certificate("ca.crt")).isNotEqualTo(ca);
    }

    @Test
    void aFolderWithOtherFilesIsLeftAlone() throws IOException {
        Files.createDirectories(scene.folder());
        Files.setPosixFilePermissions(scene.folder(), PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(scene.folder().resolve("diary"), "mine");
        for (boolean force : new boolean[] {false, true}) {
            assertThatThrownBy(() -> scene.certificates().create(Optional.empty(), force))
                    .isInstanceOf(FileSystemException.class)
                    .hasMessageContaining("--dir");
        }
        assertThat(scene.mode("")).isEqualTo("rwxr-xr-x");
        assertThat(scene.folder()).isDirectoryContaining("glob:**diary");
    }

    @Test
    void anEmptyFolderBecomesPrivate() throws IOException {
        Files.createDirectories(scene.folder());
        Files.setPosixFilePermissions(scene.folder(), PosixFilePermissions.fromString("rwxrwxrwx"));
        scene.certificates().create(Optional.empty(), false);
        assertThat(scene.mode("")).isEqualTo("rwx------");
    }

    @Test
    void aFailureLeavesTheOldFiles() throws IOException {
        CertificateFolder folder = scene.full();
        X509Certificate node = scene.certificate("n1/node.crt");
        Path blocked = Files.createFile(scene.folder().resolve("n2"));
        assertThatThrownBy(() -> folder.issue(List.of(Scene.N1, Holder.server(Role.NODE, "n2", "n2.example")), true))
                .isInstanceOf(IOException.class);
        Files.delete(blocked);
        assertThat(scene.certificate("n1/node.crt")).isEqualTo(node);
        try (Stream<Path> files = Files.list(scene.folder().resolve("n1"))) {
            assertThat(files).hasSize(4);
        }
    }

    @Test
    void aRenewedCertificateHasTheSameNamesAndAnotherKey() throws IOException {
        scene.full();
        X509Certificate old = scene.certificate("n1/node.crt");
        X509Certificate user = scene.certificate("users/anna/user.crt");
        CertificateFolder later = scene.certificates(Scene.at(Duration.ofDays(100)));
        later.renew(List.of("n1"));
        X509Certificate renewed = scene.certificate("n1/node.crt");
        assertThat(AlternativeNames.of(renewed)).isEqualTo(AlternativeNames.of(old));
        assertThat(renewed.getPublicKey()).isNotEqualTo(old.getPublicKey());
        assertThat(renewed.getSerialNumber()).isNotEqualTo(old.getSerialNumber());
        assertThat(renewed.getNotAfter()).isEqualTo(Scene.START.plus(Duration.ofDays(498)));
        assertThat(EcKeys.match(renewed.getPublicKey(), Pem.key(scene.folder().resolve("n1/node.key"))))
                .isTrue();
        assertThat(HolderFiles.of(scene.folder().resolve("n1"), Role.NODE)
                        .keyStore()
                        .certificate())
                .contains(renewed);
        assertThat(scene.certificate("users/anna/user.crt")).isEqualTo(user);

        assertThat(later.ids()).containsExactly("m1", "n1", "users/anna");
        assertThat(later.renew(later.ids())).extracting(Issued::holder).containsExactly(Scene.M1, Scene.N1, Scene.ANNA);
    }

    @Test
    void whatCannotBeRenewedIsExplained() throws IOException {
        CertificateFolder folder = scene.full();
        assertThatThrownBy(() -> folder.renew(List.of("n2")))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("Known are m1, n1, users/anna");
        Files.copy(
                scene.folder().resolve("n1/node.crt"),
                Files.createDirectory(scene.folder().resolve("n3")).resolve("node.crt"));
        assertThatThrownBy(() -> folder.renew(List.of("n3"))).hasMessageContaining("is the certificate of n1");
        Files.writeString(scene.folder().resolve("n1/node.crt"), "nonsense");
        assertThatThrownBy(() -> folder.renew(List.of("n1"))).hasMessageContaining("holds no certificate");
        Scene other = new Scene(temporary.resolve("other"));
        other.certificates().create(Optional.of(new ClusterName("red")), false);
        Files.createDirectory(other.folder().resolve("m1"));
        Files.copy(scene.folder().resolve("m1/node.crt"), other.folder().resolve("m1/node.crt"));
        assertThatThrownBy(() -> other.certificates().renew(List.of("m1"))).hasMessageContaining("cluster blue");
    }

    @Test
    void withoutTheCaNothingCanBeSigned() throws IOException {
        assertThatThrownBy(() -> scene.certificates().issue(List.of(Scene.N1), false))
                .hasMessageContaining("craq certs init");
        assertThat(scene.folder()).doesNotExist();
        CertificateFolder folder = scene.full();
        Path key = scene.folder().resolve("ca.key");
        Files.copy(scene.folder().resolve("n1/node.key"), scene.folder().resolve("other"));
        Files.delete(key);
        assertThatThrownBy(() -> folder.issue(List.of(Holder.user("bert")), false))
                .hasMessageContaining("put the CA's key there");
        Files.move(scene.folder().resolve("other"), key);
        assertThatThrownBy(() -> folder.issue(List.of(Holder.user("bert")), false))
                .hasMessageContaining("is not the key of a certificate");
        Files.writeString(key, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
        assertThatThrownBy(() -> folder.issue(List.of(Holder.user("bert")), false))
                .satisfies(failure ->
                        assertThat(FailureReason.ofFile((Exception) failure)).isEqualTo(key + ": is damaged"));
    }

    @Test
    void noCertificateOutlivesItsCa() throws IOException {
        scene.full();
        CertificateFolder late = scene.certificates(Scene.at(Duration.ofDays(3600)));
        late.renew(List.of("n1"));
        assertThat(scene.certificate("n1/node.crt").getNotAfter())
                .isEqualTo(scene.certificate("ca.crt").getNotAfter());
        CertificateFolder tooLate = scene.certificates(Scene.at(Duration.ofDays(3652)));
        assertThatThrownBy(() -> tooLate.renew(List.of("n1"))).hasMessageContaining("craq certs renew --authority");
    }
}
