package org.craq.cluster;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * What a cluster runs, as made by the build: the provisioned application server, the two WARs, and the folder into
 * which PostgreSQL is unpacked.
 */
public record Installation(Path wildfly, Path nodeWar, Path managerWar, Path postgres) {
    /** System property with the path of the project's root; set by the script {@code craq}. */
    public static final String HOME_PROPERTY = "craq.home";

    public Installation {
        Objects.requireNonNull(wildfly);
        Objects.requireNonNull(nodeWar);
        Objects.requireNonNull(managerWar);
        Objects.requireNonNull(postgres);
    }

    /** Returns the results of the build of the given project. */
    public static Installation in(Path home) {
        Path target = home.resolve("server-config/target");
        return new Installation(
                target.resolve("wildfly"),
                home.resolve("craq-node-war/target/craq-node-war.war"),
                home.resolve("craq-manager-war/target/craq-manager-war.war"),
                target.resolve("postgres"));
    }

    /** Returns the project's root: {@value #HOME_PROPERTY} if set, or else the nearest enclosing folder that is one. */
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
        throw new ClusterException("Neither " + Path.of("").toAbsolutePath()
                + " nor a folder above it is the project's root. Set -D" + HOME_PROPERTY + "=DIR.");
    }

    /** Which classes the JVM's optimizing compiler leaves alone. */
    Path compilerDirectives() {
        return wildfly.resolve("bin/compiler-directives.json");
    }

    /** Fails if a result of the build is missing, before anything is started. */
    void check() {
        missing(wildfly.resolve("jboss-modules.jar"), compilerDirectives(), nodeWar, managerWar)
                .ifPresent(path -> {
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
