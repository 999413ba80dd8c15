package org.craq.cluster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.Gson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.craq.client.cli.KnownCluster;
import org.craq.cluster.ClusterOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterHereTest {
    private static final ClusterOptions SECURE = new ClusterOptions(
            ClusterOptions.DEFAULT.nodes(),
            ClusterOptions.DEFAULT.heapMegabytes(),
            ClusterOptions.DEFAULT.readPolicy(),
            ClusterOptions.DEFAULT.ports(),
            ClusterOptions.DEFAULT.placement(),
            Map.of("craq.tls.ca", "/nowhere/ca.crt"));

    @TempDir
    private Path data;

    @Test
    void theAdministratorsKeyIsForTheManagersOfThisClusterOnly() throws IOException {
        ClusterHere here = new ClusterHere(data);
        assertThat(here.of(List.of("127.0.0.1:9005"))).isEqualTo(KnownCluster.Facts.none());
        Files.writeString(
                data.resolve("cluster.json"),
                "{\"options\":" + new Gson().toJson(SECURE) + ",\"databasePassword\":\"x\",\"processes\":{}}");
        assertThat(here.of(List.of("127.0.0.1:9005")).administratorKey()).isEmpty();
        Path key = Files.writeString(data.resolve("admin.key"), "CK1:secret");
        KnownCluster.Facts facts = here.of(List.of("127.0.0.1:9005"));
        assertThat(facts.administratorKey()).contains(key);
        assertThat(facts.managerUrls()).containsExactly("https://127.0.0.1:8080");
        for (List<String> others : List.of(List.of("10.0.0.1:9005"), List.of("127.0.0.1:9005", "10.0.0.1:9005"))) {
            assertThat(here.of(others)).isEqualTo(KnownCluster.Facts.none());
        }
        assertThat(new ClusterHere(data.resolve("none")).of(List.of("127.0.0.1:9005")))
                .isEqualTo(KnownCluster.Facts.none());
    }
}
