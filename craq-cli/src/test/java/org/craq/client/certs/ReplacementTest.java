package org.craq.client.certs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The CA is replaced in steps, and at each step everybody trusts everybody. */
class ReplacementTest {
    @TempDir
    private Path temporary;

    private Scene scene;
    private CertificateFolder folder;

    @BeforeEach
    void start() throws IOException {
        scene = new Scene(temporary.resolve("certs"));
        folder = scene.full();
    }

    private boolean trusted(List<X509Certificate> chain) throws IOException {
        return new TrustedAuthorities(Pem.certificates(folder.trusted()))
                .root(chain, Scene.START)
                .isPresent();
    }

    private List<X509Certificate> chain(String file) throws IOException {
        return Pem.certificates(scene.folder().resolve(file));
    }

    @Test
    void oldAndNewCertificatesAreValidUntilTheEnd() throws IOException {
        X509Certificate oldCa = scene.certificate("ca.crt");
        List<X509Certificate> old = chain("n1/node.crt");
        folder.beginReplacement();
        assertThat(chain("ca.crt")).hasSize(2).last().isEqualTo(oldCa);
        assertThat(folder.cluster()).isEqualTo(Scene.BLUE);
        assertThat(trusted(old)).isTrue();

        folder.renew(List.of("n1"));
        List<X509Certificate> renewed = chain("n1/node.crt");
        assertThat(renewed.get(1)).isEqualTo(scene.certificate("ca.crt")).isNotEqualTo(oldCa);
        assertThat(trusted(renewed)).isTrue();
        assertThat(trusted(old)).isTrue();
        assertThatThrownBy(() -> folder.finishReplacement(false)).hasMessageContaining("m1, users/anna");

        folder.renew(List.of("m1", "users/anna"));
        folder.finishReplacement(false);
        assertThat(chain("ca.crt")).containsExactly(renewed.get(1));
        assertThat(trusted(renewed)).isTrue();
        assertThat(trusted(old)).isFalse();
        folder.renew(List.of("n1"));
        assertThat(trusted(chain("n1/node.crt"))).isTrue();
    }

    @Test
    void aSecondReplacementWaitsForTheFirst() throws IOException {
        folder.beginReplacement();
        assertThatThrownBy(folder::beginReplacement).hasMessageContaining("--finish");
        assertThat(chain("ca.crt")).hasSize(2);
        folder.finishReplacement(true);
        folder.finishReplacement(true);
        folder.beginReplacement();
        assertThat(chain("ca.crt")).hasSize(2);
    }

    @Test
    void anInterruptedBeginMayBeRepeated() throws IOException {
        X509Certificate oldCa = scene.certificate("ca.crt");
        Path oldKey = Files.copy(folder.authorityKey(), temporary.resolve("ca.key"));
        folder.beginReplacement();
        X509Certificate lost = scene.certificate("ca.crt");
        Files.copy(oldKey, folder.authorityKey(), StandardCopyOption.REPLACE_EXISTING);

        folder.issue(List.of(Holder.user("bert")), false);
        assertThat(chain("users/bert/user.crt").get(1)).isEqualTo(oldCa);
        folder.beginReplacement();
        assertThat(chain("ca.crt")).hasSize(2).doesNotContain(lost).last().isEqualTo(oldCa);
    }

    @Test
    void anExpiredCaCanBeReplaced() throws IOException {
        CertificateFolder late = scene.certificates(Scene.at(Duration.ofDays(3700)));
        late.beginReplacement();
        late.renew(late.ids());
        late.finishReplacement(false);
        assertThat(new Inspection(Scene.at(Duration.ofDays(3700))).of(scene.folder()))
                .allSatisfy(each -> assertThat(each.problems()).isEmpty());
    }
}
