package org.craq.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PlacementTest {
    private static final ClusterOptions PLACED = LocalCluster.builder()
            .nodes(2)
            .host("n2", "10.9.0.2")
            .host("manager", "10.9.0.254")
            .launcher("n2", " nsenter   --net=/run/two ")
            .apply(ClusterOptions.DEFAULT);

    @Test
    void serversAreReachedWhereTheyWerePlacedAndTheOthersOnThisMachine() {
        assertThat(ServerSpec.all(PLACED, Path.of("data")))
                .extracting(ServerSpec::grpcAddress)
                .containsExactly("10.9.0.254:9005", "127.0.0.1:8001", "10.9.0.2:8002");
        assertThat(ServerSpec.all(PLACED, Path.of("data")))
                .extracting(ServerSpec::httpUrl)
                .containsExactly("http://10.9.0.254:8080", "http://127.0.0.1:8081", "http://10.9.0.2:8082");
        assertThat(ServerSpec.managerAddresses(PLACED)).containsExactly("10.9.0.254:9005");
    }

    @Test
    void aLauncherIsWordsBeforeTheCommand() {
        assertThat(PLACED.placement().launcher("n2")).containsExactly("nsenter", "--net=/run/two");
        assertThat(PLACED.placement().launcher("n1")).isEmpty();
        assertThat(PLACED.placement().sharesPorts("n1")).isTrue();
        assertThat(PLACED.placement().sharesPorts("n2")).isFalse();
    }

    @Test
    void whatIsNotSaidAgainStays() {
        ClusterOptions later =
                LocalCluster.builder().host("postgres", "10.9.0.254").apply(PLACED);
        assertThat(later.placement().host("n2")).isEqualTo("10.9.0.2");
        assertThat(later.placement().host("postgres")).isEqualTo("10.9.0.254");
        assertThat(later.placement().launchers()).isEqualTo(PLACED.placement().launchers());
    }

    @Test
    void placesThatMakeNoSenseAreRefused() {
        assertThatThrownBy(() -> new Placement(Map.of("n2", "somewhere"), Map.of()))
                .hasMessageContaining("IPv4 address");
        assertThatThrownBy(() -> new Placement(Map.of("m2", "10.0.0.1"), Map.of()))
                .hasMessageContaining("no server 'm2'")
                .hasMessageContaining("--host");
        assertThatThrownBy(() -> new Placement(Map.of(), Map.of("postgres", "nice")))
                .hasMessageContaining("--launcher");
        assertThatThrownBy(() -> new Placement(Map.of(), Map.of("n1", " "))).hasMessageContaining("empty");
    }
}
