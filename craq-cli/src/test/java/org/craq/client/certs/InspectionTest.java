package org.craq.client.certs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InspectionTest {
    @TempDir
    private Path temporary;

    private Scene scene;
    private CertificateFolder folder;

    @BeforeEach
    void start() throws IOException {
        scene = new Scene(temporary.resolve("certs"));
        folder = scene.full();
    }

    private List<String> problems(Clock clock, String file) throws IOException {
        return new Inspection(clock)
                .of(scene.folder()).stream()
                        .filter(each -> each.file().equals(scene.folder().resolve(file)))
                        .flatMap(each -> each.problems().stream())
                        .toList();
    }

    private List<String> problems(String file) throws IOException {
        return problems(Scene.at(Duration.ZERO), file);
    }

    private void mode(String file, String mode) throws IOException {
        Files.setPosixFilePermissions(scene.folder().resolve(file), PosixFilePermissions.fromString(mode));
    }

    @Test
    void aNewFolderHasNoProblems() throws IOException {
        List<CertificateReport> reports = new Inspection(Scene.at(Duration.ofDays(1))).of(scene.folder());
        assertThat(reports).allSatisfy(each -> assertThat(each.problems()).isEmpty());
        assertThat(reports)
                .extracting(each -> scene.folder().relativize(each.file()).toString())
                .containsExactly("ca.crt", "m1/node.crt", "n1/node.crt", "users/anna/user.crt");
        CertificateReport node = reports.get(2);
        assertThat(node.identity()).isEqualTo("spiffe://craq/blue/node/n1");
        assertThat(node.names()).contains("127.0.0.1", "n1.example");
        assertThat(node.until()).contains(new CertificateReport.Validity(Scene.START.plus(Duration.ofDays(398)), 397));
        assertThat(node.issuer()).isEqualTo(reports.get(0).issuer()).startsWith("CRAQ CA ");
    }

    @Test
    void certificatesExpire() throws IOException {
        Clock later = Scene.at(Duration.ofDays(91));
        assertThat(problems(later, "users/anna/user.crt")).containsExactly("has expired");
        assertThat(problems(later, "n1/node.crt")).isEmpty();
        Clock muchLater = Scene.at(Duration.ofDays(4000));
        assertThat(problems(muchLater, "ca.crt")).containsExactly("has expired");
        assertThat(problems(muchLater, "n1/node.crt")).containsExactly("has expired");
        assertThat(problems(Scene.at(Duration.ofHours(-2)), "n1/node.crt"))
                .containsExactly("is not valid before 2026-05-04T09:00:00Z");
    }

    @Test
    void keysMustMatchAndBeThere() throws IOException {
        Path key = scene.folder().resolve("n1/node.key");
        Files.copy(scene.folder().resolve("m1/node.key"), key, StandardCopyOption.REPLACE_EXISTING);
        assertThat(problems("n1/node.crt")).containsExactly("node.key does not match the certificate");
        Files.writeString(key, "nonsense");
        assertThat(problems("n1/node.crt")).containsExactly("node.key: holds no unencrypted private key in PEM form");
        Files.delete(key);
        assertThat(problems("n1/node.crt")).containsExactly("node.key is missing");
        Files.copy(
                scene.folder().resolve("m1/node.key"),
                scene.folder().resolve("ca.key"),
                StandardCopyOption.REPLACE_EXISTING);
        assertThat(problems("ca.crt")).containsExactly("ca.key does not match the certificate");
        Files.delete(scene.folder().resolve("ca.key"));
        assertThat(problems("ca.crt")).isEmpty(); // it is kept elsewhere
    }

    @Test
    void keysMustBePrivate() throws IOException {
        mode("n1/node.key", "rw-r-----");
        mode("m1/node.p12", "rw----r--");
        mode("m1/node.p12.password", "rw-rw----");
        mode("ca.key", "rw-r--r--");
        mode("users/anna", "rwxrwx---");
        assertThat(problems("n1/node.crt"))
                .containsExactly("node.key is not private; run: chmod 600 " + scene.folder() + "/n1/node.key");
        assertThat(problems("m1/node.crt")).hasSize(2).allMatch(each -> each.contains("is not private"));
        assertThat(problems("ca.crt")).singleElement().asString().startsWith("ca.key is not private");
        assertThat(problems("users/anna/user.crt"))
                .containsExactly("others can replace user.key; run: chmod go-w " + scene.folder() + "/users/anna");
    }

    @Test
    void keyStoresMustMatch() throws IOException {
        Path n1 = scene.folder().resolve("n1");
        Path m1 = scene.folder().resolve("m1");
        Files.copy(m1.resolve("node.p12"), n1.resolve("node.p12"), StandardCopyOption.REPLACE_EXISTING);
        assertThat(problems("n1/node.crt")).containsExactly("node.p12 can't be opened with node.p12.password");
        Files.copy(
                m1.resolve("node.p12.password"), n1.resolve("node.p12.password"), StandardCopyOption.REPLACE_EXISTING);
        assertThat(problems("n1/node.crt")).containsExactly("node.p12 holds another certificate");
    }

    @Test
    void anotherCasCertificatesAreFound() throws IOException {
        folder.create(Optional.of(Scene.BLUE), true);
        assertThat(problems("n1/node.crt"))
                .containsExactly(
                        "is not signed by a valid CA of " + scene.folder().toAbsolutePath() + "/ca.crt");
    }

    @Test
    void certificatesOfTheOldCaAreMarked() throws IOException {
        folder.beginReplacement();
        folder.renew(List.of("n1"));
        List<CertificateReport> reports = new Inspection(Scene.at(Duration.ZERO)).of(scene.folder());
        assertThat(reports).allSatisfy(each -> assertThat(each.problems()).isEmpty());
        assertThat(reports)
                .extracting(each -> each.issuer().endsWith(" (old)"))
                .containsExactly(false, false, true, false, true);
    }

    @Test
    void certificatesWithoutAnIdentityAreFound() throws IOException {
        Path n1 = scene.folder().resolve("n1/node.crt");
        Files.copy(scene.folder().resolve("ca.crt"), n1, StandardCopyOption.REPLACE_EXISTING);
        assertThat(problems("n1/node.crt"))
                .anyMatch(each -> each.contains("does not have one URI which is an identity"));
        Files.writeString(n1, "nonsense");
        assertThat(problems("n1/node.crt")).containsExactly("holds no certificate in PEM form");
        Files.writeString(n1, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        assertThat(problems("n1/node.crt")).containsExactly("is damaged");
    }

    @Test
    void aSingleFileIsCheckedAgainstTheCaAboveIt() throws IOException {
        Inspection inspection = new Inspection(Scene.at(Duration.ZERO));
        assertThat(inspection.of(scene.folder().resolve("users/anna/user.crt")))
                .singleElement()
                .satisfies(each -> assertThat(each.problems()).isEmpty());
        Path alone = Files.copy(scene.folder().resolve("n1/node.crt"), temporary.resolve("node.crt"));
        assertThat(inspection.of(alone)).singleElement().satisfies(each -> assertThat(each.problems())
                .contains("node.key is missing")
                .anyMatch(problem -> problem.contains("no ca.crt")));
        assertThatThrownBy(() -> inspection.of(temporary.resolve("none"))).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> inspection.of(Files.createDirectory(temporary.resolve("empty"))))
                .hasMessageContaining("holds no certificates");
    }
}
