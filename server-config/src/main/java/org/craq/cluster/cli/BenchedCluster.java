package org.craq.cluster.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.craq.client.bench.LocalProcesses;
import org.craq.cluster.ClusterException;
import org.craq.cluster.ClusterStatus;
import org.craq.cluster.LocalCluster;
import org.craq.cluster.ServerStatus;

/**
 * Provides a measurement with the process ids and URLs of the cluster, if that is the one that this project runs on
 * this machine.
 */
final class BenchedCluster implements LocalProcesses {
    private final Path data;

    BenchedCluster(Path data) {
        this.data = data;
    }

    @Override
    public Known of(List<String> managerAddresses) {
        try {
            if (!Files.isDirectory(data)) {
                return Known.nothing();
            }
            LocalCluster cluster = LocalCluster.builder().data(data).build();
            if (!cluster.managerAddresses().containsAll(managerAddresses)) {
                return Known.nothing();
            }
            ClusterStatus status = cluster.status();
            return new Known(
                    status.servers().stream()
                            .filter(ServerStatus::manager)
                            .map(ServerStatus::httpUrl)
                            .toList(),
                    status.databasePid());
        } catch (ClusterException e) {
            // The measurement then does without them, and says so.
            return Known.nothing();
        }
    }
}
