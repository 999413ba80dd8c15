package org.craq.cluster;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What has to be remembered about a cluster between commands.
 *
 * @param databasePassword password of the applications' role, generated when the database was created
 * @param processes the application servers by id ({@code manager}, {@code n1}, ...); an entry may be out of date
 */
record ClusterState(ClusterOptions options, String databasePassword, Map<String, ProcessRef> processes) {
    ClusterState {
        Objects.requireNonNull(options);
        Objects.requireNonNull(databasePassword);
        processes = Map.copyOf(processes);
    }

    Optional<ProcessRef> process(String id) {
        return Optional.ofNullable(processes.get(id));
    }

    boolean alive(String id) {
        return process(id).filter(ProcessRef::alive).isPresent();
    }

    ClusterState with(ClusterOptions changed) {
        return new ClusterState(changed, databasePassword, processes);
    }

    ClusterState with(String id, ProcessRef process) {
        Map<String, ProcessRef> changed = new LinkedHashMap<>(processes);
        changed.put(id, process);
        return new ClusterState(options, databasePassword, changed);
    }

    ClusterState without(String id) {
        Map<String, ProcessRef> changed = new LinkedHashMap<>(processes);
        changed.remove(id);
        return new ClusterState(options, databasePassword, changed);
    }
}
