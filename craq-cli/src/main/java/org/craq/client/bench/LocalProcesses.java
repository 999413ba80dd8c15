package org.craq.client.bench;

import java.util.List;
import java.util.Optional;

/** Provides what this machine knows about a cluster in addition to what the cluster reports itself. */
@FunctionalInterface
public interface LocalProcesses {
    /**
     * The known processes.
     *
     * @param managerUrls base URLs of the managers' REST interfaces
     * @param databasePid process id of the database server, if it runs on this machine
     */
    record Known(List<String> managerUrls, Optional<Long> databasePid) {
        public Known {
            managerUrls = List.copyOf(managerUrls);
        }

        /** Returns a value without any process. */
        public static Known nothing() {
            return new Known(List.of(), Optional.empty());
        }
    }

    /** Returns what is known of the cluster whose managers have these gRPC addresses. */
    Known of(List<String> managerAddresses);
}
