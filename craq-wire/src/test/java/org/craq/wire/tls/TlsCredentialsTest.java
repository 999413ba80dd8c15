package org.craq.wire.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that don't fit are refused with the reason, and never replace those in use. */
class TlsCredentialsTest {
    private static final String N1 = "spiffe://craq/c/node/n1";

    private final TestCertificates authority = new TestCertificates("ca");

    @TempDir
    private Path folder;

    @Test
    void theIdentityIsThatOfTheCertificate() {
        TlsCredentials credentials = TlsCredentials.load(authority.issue(folder, N1));
        assertThat(credentials.identity()).isEqualTo(new Identity("c", Identity.Kind.NODE, "n1"));
        assertThat(credentials.identity()).hasToString("node n1 of cluster c");
    }

    @Test
    void aCertificateHasExactlyOneUri() {
        assertThatThrownBy(() -> TlsCredentials.load(authority.issue(folder)))
                .hasMessageContaining("node.crt")
                .hasMessageContaining("has 0");
        assertThatThrownBy(() -> TlsCredentials.load(authority.issue(folder, N1, "spiffe://craq/c/node/n2")))
                .hasMessageContaining("has 2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "spiffe://craq/c/node/",
                "spiffe://craq/c/nodes/n1",
                "spiffe://other/c/node/n1",
                "spiffe://craq/c/node/n1/x",
                "https://craq/c/node/n1",
                "spiffe://craq//node/n1"
            })
    void urisOfOtherFormsAreRefused(String uri) {
        assertThatThrownBy(() -> TlsCredentials.load(authority.issue(folder, uri)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is not of the form");
    }

    @Test
    void aKeyThatOthersCanReadIsRefused() throws IOException {
        TlsFiles files = authority.issue(folder, N1);
        Files.setPosixFilePermissions(files.key(), PosixFilePermissions.fromString("rw-r-----"));
        assertThatThrownBy(() -> TlsCredentials.load(files)).hasMessageContaining("chmod 600");
    }

    @Test
    void aKeyOfAnotherCertificateIsRefused() throws IOException {
        TlsFiles files = authority.issue(folder, N1);
        TlsFiles other = authority.issue(folder.resolve("other"), N1);
        Files.copy(other.key(), files.key(), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        assertThatThrownBy(() -> TlsCredentials.load(files)).hasMessageContaining("does not belong to the certificate");
    }

    @Test
    void whatAnotherAuthorityIssuedOrIsTooOldIsRefused() throws IOException {
        TlsFiles files = authority.issue(folder, N1);
        Files.writeString(files.authorities(), new TestCertificates("other").authority());
        assertThatThrownBy(() -> TlsCredentials.load(files)).hasMessageContaining("was not issued by an authority");
        TlsFiles old = authority.issue(folder.resolve("old"), Duration.ofDays(-1), N1);
        assertThatThrownBy(() -> TlsCredentials.load(old)).hasMessageContaining("is not valid now");
    }

    @Test
    void filesThatAreMissingOrNoPemAreNamed() throws IOException {
        TlsFiles files = authority.issue(folder, N1);
        Files.writeString(files.certificate(), "nothing");
        assertThatThrownBy(() -> TlsCredentials.load(files))
                .hasMessageContaining("node.crt does not contain PEM certificates");
        Files.delete(files.authorities());
        assertThatThrownBy(() -> TlsCredentials.load(files)).hasMessageContaining("ca.crt does not exist");
    }

    @Test
    void changedFilesAreTakenAndWrongOnesAreNot() throws IOException {
        TlsFiles files = authority.issue(folder, N1);
        TlsCredentials credentials = TlsCredentials.load(files);
        credentials.reload();
        assertThat(credentials.failures()).isZero();

        authority.issue(folder, Duration.ofDays(7), N1);
        credentials.reload();
        assertThat(Duration.between(java.time.Instant.now(), credentials.expires()))
                .isGreaterThan(Duration.ofDays(6));

        Files.writeString(files.certificate(), "half a fi");
        credentials.reload();
        authority.issue(folder, "spiffe://craq/c/node/n2");
        credentials.reload();
        assertThat(credentials.failures()).isEqualTo(2);
        assertThat(credentials.lastFailure()).contains("node n2");
        assertThat(credentials.identity().name()).isEqualTo("n1");

        authority.issue(folder, N1);
        credentials.reload();
        assertThat(credentials.lastFailure()).isEmpty();
        assertThat(credentials.failures()).isEqualTo(2);
    }
}
