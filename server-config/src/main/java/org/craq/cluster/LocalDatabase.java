package org.craq.cluster;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * A single PostgreSQL for tests of one server, with the programs and settings of a cluster's, in a folder of its own.
 * It outlives this process unless {@link #close} stops it.
 */
public final class LocalDatabase implements AutoCloseable {
    private final Postgres postgres;
    private final String password;

    /**
     * Describes the database; starts nothing.
     *
     * @param password password of the role that {@link #access} names, set at the first start
     */
    public LocalDatabase(Installation installation, Path folder, int port, String password) {
        this.password = Objects.requireNonNull(password);
        this.postgres = new Postgres(
                new PostgresBinaries(installation.postgres()), folder, Placement.LOOPBACK, List.of(), port, password);
    }

    /** Starts the database; returns when it accepts connections and is known to be durable. */
    public void start() {
        postgres.start();
    }

    /** Returns how the applications connect to the database. */
    public DatabaseAccess access() {
        return new DatabaseAccess(postgres.url(), Postgres.ROLE, password);
    }

    /**
     * Returns how to connect as the owner, who may do what the applications may not; available once the database has
     * been started.
     */
    public DatabaseAccess ownerAccess() {
        return postgres.ownerAccess();
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
