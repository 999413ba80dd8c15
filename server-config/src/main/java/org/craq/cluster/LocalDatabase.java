package org.craq.cluster;

import java.nio.file.Path;
import java.util.List;

/**
 * A single PostgreSQL for tests of one server, with the programs and settings of a cluster's, in a folder of its own.
 * It outlives this process unless {@link #close} stops it.
 */
public final class LocalDatabase implements AutoCloseable {
    private final Postgres postgres;
    private final DatabaseRole role;

    /**
     * Describes the database; starts nothing.
     *
     * @param password password of the role that {@link #access} names, set at the first start
     */
    public LocalDatabase(Installation installation, Path folder, int port, String password) {
        this(
                new Postgres(
                        new PostgresBinaries(installation.postgres()),
                        folder,
                        Placement.LOOPBACK,
                        List.of(),
                        port,
                        List.of(new DatabaseRole(DatabaseRoles.SHARED, password))),
                new DatabaseRole(DatabaseRoles.SHARED, password));
    }

    LocalDatabase(Postgres postgres, DatabaseRole role) {
        this.postgres = postgres;
        this.role = role;
    }

    /** Starts the database; returns when it accepts connections and is known to be durable. */
    public void start() {
        postgres.start();
    }

    /** Returns how the applications connect to the database. */
    public DatabaseAccess access() {
        return postgres.access(role);
    }

    /**
     * Returns how to connect as the owner, who may do what the applications may not; available once the database has
     * been started.
     */
    public DatabaseAccess ownerAccess() {
        return postgres.ownerAccess(role);
    }

    /** Returns the path of the log file. */
    public Path log() {
        return postgres.log();
    }

    /** Stops the database if it runs; the data are kept. */
    @Override
    public void close() {
        postgres.stop();
    }
}
