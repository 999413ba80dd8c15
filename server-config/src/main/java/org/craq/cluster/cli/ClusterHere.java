package org.craq.cluster.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.craq.client.cli.KnownCluster;
import org.craq.cluster.ClusterException;
import org.craq.cluster.LocalCluster;

/** Provides commands with what they need to use the cluster that this project runs on this machine. */
final class ClusterHere implements KnownCluster {
    private final Path data;

    ClusterHere(Path data) {
        this.data = data;
    }

    /** The administrator's key must not go to the managers of another cluster. */
    @Override
    public Facts of(List<String> managerAddresses) {
        try {
            if (!Files.isDirectory(data)) {
                return Facts.none();
            }
            LocalCluster cluster = LocalCluster.builder().data(data).build();
            return cluster.managerAddresses().containsAll(managerAddresses)
                    ? new Facts(
                            cluster.managers().stream().map(cluster::nodeUrl).toList(), cluster.administratorKey())
                    : Facts.none();
        } catch (ClusterException e) {
            return Facts.none();
        }
    }
}
