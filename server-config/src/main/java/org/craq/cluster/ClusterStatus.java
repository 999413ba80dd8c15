package org.craq.cluster;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** All processes of a cluster, up or not; the manager comes first. */
public record ClusterStatus(Path data, Optional<Long> databasePid, int databasePort, List<ServerStatus> servers) {
    public ClusterStatus {
        servers = List.copyOf(servers);
    }
}
