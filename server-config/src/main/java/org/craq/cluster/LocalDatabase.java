package org.craq.cluster;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * A PostgreSQL alone, for tests of one server: the programs and settings that a cluster's has, in a folder of its own. Like
 * that one it outlives this process; {@link #close} stops it.
 */
public final class LocalDatabase implements AutoCloseable {
    private final Postgres postgres;
    private final String password;

    /**
     * Starts nothing.
     *
     * @param password of the role that {@link #access} names, from the first start on
     */
    public LocalDatabase(Installation installation, Path folder, int port, String password) {
        this.password = Objects.requireNonNull(password);
        this.postgres = new Postgres(
                new PostgresBinaries(installation.postgres()), folder, Placement.LOOPBACK, List.of(), port, password);
    }

    /** Returns when it takes connections and is known to be durable. */
    public void start() {
        postgres.start();
    }

    public DatabaseAccess access() {
        return new DatabaseAccess(postgres.url(), Postgres.ROLE, password);
    }

    /** How to do what the applications may not; once it has started. */
    public DatabaseAccess ownerAccess() {
        return postgres.ownerAccess();
    }

    public Path log() {
        return postgres.log();
    }

    /** Stops it, if it runs; the data stay. */
    @Override
    public void close() {
        postgres.stop();
    }
}
