package org.craq.client.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Provides what is needed to use a cluster that runs on this machine, and that only this machine knows. */
@FunctionalInterface
public interface KnownCluster {
    /**
     * What is known.
     *
     * @param managerUrls base URLs of the managers' REST interfaces
     * @param administratorKey file with the access key of its administrator; empty if there is none
     */
    record Facts(List<String> managerUrls, Optional<Path> administratorKey) {
        public Facts {
            managerUrls = List.copyOf(managerUrls);
        }

        /** Returns a value without any facts. */
        public static Facts none() {
            return new Facts(List.of(), Optional.empty());
        }
    }

    /** Returns what is known of the cluster whose managers have these gRPC addresses; nothing for any other cluster. */
    Facts of(List<String> managerAddresses);
}
