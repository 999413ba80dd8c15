package org.craq.cluster;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What has to be remembered about a cluster between commands.
 *
 * @param databasePassword secret behind the passwords of the servers' database roles, generated when the database was
 *     created
 * @param ownRoles whether the managers and each node have a database role of their own; false in what earlier versions
 *     stored, in whose databases all servers share one
 * @param processes the application servers by id ({@code manager}, {@code n1}, ...); an entry may be out of date
 */
record ClusterState(
        ClusterOptions options, String databasePassword, boolean ownRoles, Map<String, ProcessRef> processes) {
    ClusterState {
        Objects.requireNonNull(options);
        Objects.requireNonNull(databasePassword);
        processes = Map.copyOf(processes);
    }

    DatabaseRoles roles() {
        return new DatabaseRoles(databasePassword, ownRoles);
    }

    Optional<ProcessRef> process(String id) {
        return Optional.ofNullable(processes.get(id));
    }

    boolean alive(String id) {
        return process(id).filter(ProcessRef::alive).isPresent();
    }

    ClusterState with(ClusterOptions changed) {
        return new ClusterState(changed, databasePassword, ownRoles, processes);
    }

    ClusterState with(String id, ProcessRef process) {
        Map<String, ProcessRef> changed = new LinkedHashMap<>(processes);
        changed.put(id, process);
        return new ClusterState(options, databasePassword, ownRoles, changed);
    }

    ClusterState without(String id) {
        Map<String, ProcessRef> changed = new LinkedHashMap<>(processes);
        changed.remove(id);
        return new ClusterState(options, databasePassword, ownRoles, changed);
    }
}
