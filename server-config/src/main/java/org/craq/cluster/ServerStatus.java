package org.craq.cluster;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The state of one application server, as the operating system sees it.
 *
 * @param manager true for a manager, false for a node
 * @param pid process id; empty if the server is not up
 * @param log the log to read
 */
public record ServerStatus(
        String id, boolean manager, Optional<Long> pid, String httpUrl, String grpcAddress, Path log) {
    /** Returns true if the process exists. */
    public boolean up() {
        return pid.isPresent();
    }
}
