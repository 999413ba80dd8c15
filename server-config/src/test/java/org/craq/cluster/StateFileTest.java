package org.craq.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateFileTest {
    @TempDir
    private Path folder;

    @Test
    void whatWasWrittenIsReadBack() {
        ClusterOptions options = new ClusterOptions(
                2,
                300,
                "spread",
                ClusterPorts.free(2),
                new Placement(Map.of("n1", "10.0.0.1"), Map.of("n1", "nsenter --net=/run/one")),
                Map.of("craq.lease.millis", "5000"));
        ClusterState state = new ClusterState(options, "secret", true, Map.of("n1", new ProcessRef(12, 34)));
        StateFile file = new StateFile(folder);
        file.write(state);
        assertThat(file.read()).contains(state);
    }

    @Test
    void aStateFromBeforeThereWereSeveralManagersIsRead() throws IOException {
        StateFile file = new StateFile(folder);
        file.write(new ClusterState(ClusterOptions.DEFAULT, "secret", true, Map.of()));
        Path json = folder.resolve("cluster.json");
        Files.writeString(json, Files.readString(json).replaceAll(",\\s*\"furtherManagers\": \\[]", ""));
        assertThat(Files.readString(json)).doesNotContain("furtherManagers");
        assertThat(file.read().orElseThrow().options()).isEqualTo(ClusterOptions.DEFAULT);
    }

    @Test
    void aStateFromBeforeServersCouldBePlacedIsRead() throws IOException {
        StateFile file = new StateFile(folder);
        file.write(new ClusterState(ClusterOptions.DEFAULT, "secret", true, Map.of()));
        Path json = folder.resolve("cluster.json");
        Files.writeString(json, Files.readString(json).replaceAll("\"placement\": \\{[^}]*}[^}]*}\\s*},", ""));
        assertThat(Files.readString(json)).doesNotContain("placement");
        assertThat(file.read().orElseThrow().options()).isEqualTo(ClusterOptions.DEFAULT);
    }

    @Test
    void inAStateFromBeforeServersHadTheirOwnRolesTheyShareOne() throws IOException {
        StateFile file = new StateFile(folder);
        file.write(new ClusterState(ClusterOptions.DEFAULT, "secret", true, Map.of()));
        Path json = folder.resolve("cluster.json");
        Files.writeString(json, Files.readString(json).replaceAll("\\s*\"ownRoles\": true,", ""));
        assertThat(Files.readString(json)).doesNotContain("ownRoles");
        ClusterState state = file.read().orElseThrow();
        assertThat(state.roles().of(ServerSpec.all(state.options(), folder)))
                .containsExactly(new DatabaseRole("craq", "secret"));
        assertThat(state.with(ClusterOptions.DEFAULT).ownRoles()).isFalse();
    }

    @Test
    void theFileHoldsAPasswordAndBelongsToItsOwnerAlone() throws IOException {
        new StateFile(folder).write(new ClusterState(ClusterOptions.DEFAULT, "secret", true, Map.of()));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("cluster.json"))))
                .isEqualTo("rw-------");
    }

    @Test
    void noFileMeansNoCluster() {
        assertThat(new StateFile(folder).read()).isEmpty();
    }

    @Test
    void aDamagedFileIsNamed() throws IOException {
        Files.writeString(folder.resolve("cluster.json"), "{\"options\": [");
        assertThatThrownBy(() -> new StateFile(folder).read())
                .isInstanceOf(ClusterException.class)
                .hasMessageContaining("cluster.json is damaged");
    }

    @Test
    void anEmptyFileIsDamagedToo() throws IOException {
        Files.writeString(folder.resolve("cluster.json"), "");
        assertThatThrownBy(() -> new StateFile(folder).read()).isInstanceOf(ClusterException.class);
    }

    @Test
    void aFileWithoutOptionsIsDamagedToo() throws IOException {
        Files.writeString(folder.resolve("cluster.json"), "{}");
        assertThatThrownBy(() -> new StateFile(folder).read())
                .isInstanceOf(ClusterException.class)
                .hasMessageContaining("damaged");
    }
}
