package org.craq.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.craq.cluster.LocalCluster;
import org.craq.cluster.LocalClusterBuilder;

/**
 * A cluster for one test, on free ports, with its data in the build directory. {@link #close} stops its processes and
 * deletes its data, but keeps the logs; a shutdown hook does so if the tests are interrupted.
 */
public final class TestCluster implements AutoCloseable {
    private static final List<String> DATA =
            List.of("chunks", "server/deployments", "server/tmp", "server/data", "data");

    private final LocalCluster cluster;
    private final Thread emergencyStop;

    private TestCluster(LocalCluster cluster, Thread emergencyStop) {
        this.cluster = cluster;
        this.emergencyStop = emergencyStop;
    }

    /**
     * Prepares a cluster; nothing is started yet.
     *
     * @param name name of its folder
     */
    public static TestCluster create(String name, UnaryOperator<LocalClusterBuilder> settings) {
        Path data = Folders.target().resolve(name);
        // Stop the processes that a killed run may have left; they are found by the data directory.
        LocalCluster.builder().data(data).build().down();
        Folders.delete(data);
        LocalCluster cluster =
                settings.apply(LocalCluster.builder().data(data).freePorts()).build();
        Thread emergencyStop = new Thread(cluster::abort, "stop of the cluster " + name);
        Runtime.getRuntime().addShutdownHook(emergencyStop);
        return new TestCluster(cluster, emergencyStop);
    }

    public LocalCluster cluster() {
        return cluster;
    }

    @Override
    public void close() throws IOException {
        cluster.down();
        Runtime.getRuntime().removeShutdownHook(emergencyStop);
        try (Stream<Path> servers = Files.list(cluster.data())) {
            servers.forEach(server -> DATA.forEach(data -> Folders.delete(server.resolve(data))));
        }
        Files.deleteIfExists(cluster.data().resolve("cluster.json"));
    }
}
