package org.craq.cluster;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The state of all processes of a cluster, whether they are up or not; the managers come first. */
public record ClusterStatus(Path data, Optional<Long> databasePid, int databasePort, List<ServerStatus> servers) {
    public ClusterStatus {
        servers = List.copyOf(servers);
    }
}
