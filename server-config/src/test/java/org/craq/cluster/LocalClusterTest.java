package org.craq.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalClusterTest {
    @TempDir
    private Path folder;

    @Test
    void whereNoClusterIsNothingIsUpAndNothingToStop() {
        LocalCluster cluster = LocalCluster.builder().data(folder).build();
        assertThat(cluster.isUp()).isFalse();
        assertThat(cluster.isPartlyUp()).isFalse();
        assertThatCode(cluster::down).doesNotThrowAnyException();
    }

    @Test
    void statusOfNoClusterSaysHowToStartOne() {
        LocalCluster cluster = LocalCluster.builder().data(folder).build();
        assertThatThrownBy(cluster::status).isInstanceOf(ClusterException.class).hasMessageContaining("craq up");
    }

    @Test
    void whatTheBuildHasNotMadeIsNamedBeforeAnythingStarts() {
        LocalCluster cluster = LocalCluster.builder()
                .data(folder.resolve("data"))
                .installation(Installation.in(folder))
                .build();
        assertThatThrownBy(cluster::up).isInstanceOf(ClusterException.class).hasMessageContaining("is missing");
        assertThat(folder.resolve("data")).doesNotExist();
    }

    @Test
    void wishesReplaceWhatWasKeptAndTheRestStays() {
        ClusterOptions kept = ClusterOptions.DEFAULT;
        ClusterOptions options =
                LocalCluster.builder().readPolicy("spread").property("a", "b").apply(kept);
        assertThat(options.readPolicy()).isEqualTo("spread");
        assertThat(options.properties()).containsEntry("a", "b");
        assertThat(options.ports()).isEqualTo(kept.ports());
    }

    @Test
    void aPropertyOfOneServerOverrulesThatOfAll() {
        ClusterOptions options = LocalCluster.builder()
                .property("a", "all")
                .property("n2", "a", "own")
                .property("n2", "b", "1")
                .apply(ClusterOptions.DEFAULT);
        assertThat(options.propertiesOf("n1")).isEqualTo(Map.of("a", "all"));
        assertThat(options.propertiesOf("n2")).isEqualTo(Map.of("a", "own", "b", "1"));
    }

    @Test
    void portsOnceChosenAsFreeAreTakenAgain() {
        LocalClusterBuilder builder = LocalCluster.builder().freePorts();
        ClusterOptions first = builder.apply(ClusterOptions.DEFAULT);
        assertThat(first.ports()).isNotEqualTo(ClusterOptions.DEFAULT.ports());
        assertThat(builder.apply(first)).isEqualTo(first);
    }

    @Test
    void moreNodesCountOnFromTheKeptPorts() {
        ClusterPorts.Bases moved = ClusterPorts.Bases.DEFAULT.shifted(7);
        ClusterOptions first = LocalCluster.builder().ports(moved).apply(ClusterOptions.DEFAULT);
        ClusterOptions more = LocalCluster.builder().nodes(5).apply(first);
        assertThat(more.ports()).isEqualTo(ClusterPorts.from(moved, 5));
    }

    @Test
    void aSecondManagerLeavesTheOtherPortsAsTheyAre() {
        ClusterOptions options = LocalCluster.builder().managers(2).apply(ClusterOptions.DEFAULT);
        assertThat(options.ports().managers()).isEqualTo(2);
        assertThat(options.ports().bases())
                .isEqualTo(ClusterOptions.DEFAULT.ports().bases());
        assertThat(LocalCluster.builder().apply(options)).isEqualTo(options);
    }

    @Test
    void impossibleWishesAreWrongUsage() {
        LocalClusterBuilder builder = LocalCluster.builder().nodes(0);
        assertThatThrownBy(() -> builder.apply(ClusterOptions.DEFAULT))
                .isInstanceOfSatisfying(ClusterException.class, e -> assertThat(e.isWrongUsage())
                        .isTrue());
    }
}
