package org.craq.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificatesTest {
    @TempDir
    private Path folder;

    private ClusterOptions options() throws IOException {
        Files.writeString(folder.resolve("ca.crt"), "");
        for (String server : new String[] {"manager", "n1", "n2", "n3"}) {
            Path own = Files.createDirectories(folder.resolve(server));
            for (String file : new String[] {"node.crt", "node.key", "node.p12"}) {
                Files.writeString(own.resolve(file), "");
            }
            Files.writeString(own.resolve("node.p12.password"), "secret of " + server + "\n");
        }
        return LocalCluster.builder().certificates(folder).apply(ClusterOptions.DEFAULT);
    }

    @Test
    void serversWithCertificatesAreReachedByHttps() throws IOException {
        ClusterOptions options = options();
        assertThat(ServerSpec.all(options, folder))
                .allMatch(ServerSpec::https)
                .extracting(ServerSpec::httpUrl)
                .startsWith("https://127.0.0.1:8080", "https://127.0.0.1:8081");
        assertThat(ServerSpec.all(ClusterOptions.DEFAULT, folder))
                .extracting(ServerSpec::httpUrl)
                .startsWith("http://127.0.0.1:8080");
    }

    @Test
    void theKeyStoreLiesBesideTheCertificate() throws IOException {
        ClusterOptions options = options();
        assertThat(Certificates.keyStore(options, "n2"))
                .isEqualTo(new Certificates.KeyStore(folder.resolve("n2/node.p12"), "secret of n2"));
        Files.delete(folder.resolve("n2/node.p12"));
        assertThatThrownBy(() -> Certificates.keyStore(options, "n2"))
                .isInstanceOf(ClusterException.class)
                .hasMessageContaining("node.p12")
                .hasMessageContaining("craq certs renew n2 --dir " + folder);
    }

    @Test
    void aFolderWithoutAKeyStoreIsRefusedBeforeAnythingStarts() throws IOException {
        options();
        Files.delete(folder.resolve("n3/node.p12"));
        assertThatThrownBy(() -> LocalCluster.builder().certificates(folder).apply(ClusterOptions.DEFAULT))
                .hasMessageContaining("node.p12 is missing");
    }

    @Test
    void aClusterWithoutCertificatesHasNoneToReload() {
        assertThatThrownBy(() -> LocalCluster.builder().data(folder).build().reloadCertificates())
                .hasMessageContaining("craq up");
    }
}
