package org.craq.client.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.craq.client.ClusterHttp;
import org.craq.client.rest.Authorization;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessUseTest {
    @TempDir
    private Path processes;

    @Test
    void aDatabasesTimeIncludesItsEndedChildren() throws IOException {
        // No process has this number, so it has no living children either.
        long pid = Integer.MAX_VALUE;
        Path folder = Files.createDirectory(processes.resolve(Long.toString(pid)));
        Files.writeString(folder.resolve("stat"), pid + " (a ) b) S 1 2 3 4 5 6 7 8 9 10 100 20 3000 400 20 0 1 0 99");
        assertThat(new DatabaseUse(processes).of(pid)).contains(new ProcessUse(pid, 35.2, OptionalLong.empty()));
    }

    @Test
    void aProcessThatIsNotThereOrCantBeReadHasNoTime() throws IOException {
        DatabaseUse databases = new DatabaseUse(processes);
        assertThat(databases.of(17)).isEmpty();
        Files.writeString(Files.createDirectory(processes.resolve("18")).resolve("stat"), "18 (x) S 1");
        assertThat(databases.of(18)).isEmpty();
    }

    @Test
    void aStatusPageTellsItsProcess() {
        assertThat(ClusterMeter.parse(
                        "{\"nodeId\":\"n1\",\"pid\":4,\"processCpuSeconds\":1.25,\"heapUsedBytes\":7,\"new\":[]}"))
                .contains(new ProcessUse(4, 1.25, OptionalLong.of(7)));
    }

    @Test
    void aPageThatTellsNoneIsPassedOver() {
        for (String page :
                List.of("", "[]", "<html>", "{}", "{\"pid\":\"x\",\"processCpuSeconds\":1," + "\"heapUsedBytes\":1}")) {
            assertThat(ClusterMeter.parse(page)).as(page).isEmpty();
        }
    }

    @Test
    void whoIsNotCountedIsSaid() {
        ClusterMeter meter = new ClusterMeter(
                Map.of("n1", "http://n1"),
                ClusterHttp.of(Optional.empty()),
                new LocalProcesses.Known(List.of("http://m"), Optional.of(9L)),
                Authorization.none());
        ProcessUse first = new ProcessUse(1, 2, OptionalLong.empty());
        ProcessUse again = new ProcessUse(5, 2, OptionalLong.empty());
        assertThat(meter.missing(
                        Map.of("n1", first, "manager", first, "database", first),
                        Map.of("n1", first, "manager", first, "database", first)))
                .isEmpty();
        assertThat(meter.missing(Map.of("n1", first, "manager", first), Map.of("n1", again)))
                .hasSize(3)
                .anySatisfy(text -> assertThat(text).isEqualTo("n1 was restarted during the measurement"))
                .anySatisfy(text -> assertThat(text).startsWith("manager does not report"))
                .anySatisfy(text -> assertThat(text).startsWith("the database"));
    }
}
