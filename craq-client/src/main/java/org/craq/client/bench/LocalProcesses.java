package org.craq.client.bench;

import java.util.List;
import java.util.Optional;

/** Tells what this machine knows about a cluster beyond what the cluster says of itself. */
@FunctionalInterface
public interface LocalProcesses {
    /**
     * What is known.
     *
     * @param managerUrls base URLs of the managers' REST interfaces
     * @param databasePid the database server, if it runs on this machine
     */
    record Known(List<String> managerUrls, Optional<Long> databasePid) {
        public Known {
            managerUrls = List.copyOf(managerUrls);
        }

        /** Nothing. */
        public static Known nothing() {
            return new Known(List.of(), Optional.empty());
        }
    }

    /** What is known of the cluster whose managers have these gRPC addresses. */
    Known of(List<String> managerAddresses);
}
