package org.craq.cluster;

import java.nio.file.Path;
import java.util.Optional;

/**
 * One application server as the operating system sees it.
 *
 * @param manager else it is a node
 * @param pid empty: not up
 * @param log the log to look at
 */
public record ServerStatus(
        String id, boolean manager, Optional<Long> pid, String httpUrl, String grpcAddress, Path log) {
    public boolean up() {
        return pid.isPresent();
    }
}
