package org.craq.cluster;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * What the build has made and a cluster runs: the provisioned application server, the two WARs, and the folder that
 * PostgreSQL is unpacked into.
 */
public record Installation(Path wildfly, Path nodeWar, Path managerWar, Path postgres) {
    /** System property that names the project's root; the script {@code craq} sets it. */
    public static final String HOME_PROPERTY = "craq.home";

    public Installation {
        Objects.requireNonNull(wildfly);
        Objects.requireNonNull(nodeWar);
        Objects.requireNonNull(managerWar);
        Objects.requireNonNull(postgres);
    }

    /** The build's results below the project's root. */
    public static Installation in(Path home) {
        Path target = home.resolve("server-config/target");
        return new Installation(
                target.resolve("wildfly"),
                home.resolve("craq-node-war/target/craq-node-war.war"),
                home.resolve("craq-manager-war/target/craq-manager-war.war"),
                target.resolve("postgres"));
    }

    /** The project's root: {@value #HOME_PROPERTY}, or else the nearest folder from the current one upwards that is it. */
    public static Path home() {
        String given = System.getProperty(HOME_PROPERTY);
        if (given != null) {
            return Path.of(given).toAbsolutePath().normalize();
        }
        for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
            if (Files.isRegularFile(folder.resolve("server-config/wildfly/craq.cli"))) {
                return folder;
            }
        }
        throw new ClusterException("The project's root was not found from "
                + Path.of("").toAbsolutePath() + " upwards. Set -D" + HOME_PROPERTY + "=DIR.");
    }

    /** Says what is missing before anything is started. */
    void check() {
        missing(wildfly.resolve("jboss-modules.jar"), nodeWar, managerWar).ifPresent(path -> {
            throw new ClusterException(path + " is missing. Build first: mvn -DskipTests package");
        });
    }

    private static Optional<Path> missing(Path... paths) {
        for (Path path : paths) {
            if (!Files.isRegularFile(path)) {
                return Optional.of(path);
            }
        }
        return Optional.empty();
    }
}
