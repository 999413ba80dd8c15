package org.craq.node;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;

/**
 * The start of a node, which needs its database: where both machines come up at once, as after a power failure, the database may be the later
 * one. The deployment must not fail for that, since nobody would deploy it again.
 */
final class NodeStart implements AutoCloseable {
    private static final Logger LOG = System.getLogger(NodeStart.class.getName());
    private static final long FIRST_PAUSE_SECONDS = 2;
    /** Each try costs the server a stack trace in its log. */
    private static final long LONGEST_PAUSE_SECONDS = 15;

    private final DataSource database;
    private final Steps steps;
    private final CountDownLatch closing = new CountDownLatch(1);
    private Optional<NodeRuntime> made = Optional.empty();
    private volatile Optional<NodeRuntime> node = Optional.empty();
    private volatile String reason = "the node has not started yet";

    /** What makes a node; leaves nothing behind when it fails. */
    interface Steps {
        NodeRuntime run() throws IOException;
    }

    NodeStart(DataSource database, Steps steps) {
        this.database = database;
        this.steps = steps;
    }

    /**
     * Returns when the node runs, or waits for its database, with a thread of the executor.
     *
     * @throws IOException or whatever the steps throw while the database can be reached
     */
    void begin(Executor executor) throws IOException {
        if (reachable()) {
            try {
                keep(steps.run());
                return;
            } catch (IOException | RuntimeException e) {
                if (reachable()) {
                    throw e;
                }
            }
        }
        executor.execute(this::goOn);
    }

    private boolean reachable() {
        try (Connection connection = database.getConnection()) {
            return connection != null;
        } catch (SQLException e) {
            report(
                    "the node waits for its database",
                    "Check that the data source jdbc/craq (craq.db.url, craq.db.user, craq.db.password) reaches a running server",
                    e);
            return false;
        }
    }

    /** Each reason once, as there may be many tries. */
    private void report(String why, String advice, Exception cause) {
        if (!why.equals(reason)) {
            reason = why;
            LOG.log(Level.ERROR, why + "; it tries on. " + advice, cause);
        }
    }

    private void goOn() {
        try {
            long pause = FIRST_PAUSE_SECONDS;
            while (!closing.await(pause, TimeUnit.SECONDS)) {
                if (reachable() && tryAgain()) {
                    return;
                }
                pause = Math.min(2 * pause, LONGEST_PAUSE_SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean tryAgain() {
        try {
            keep(steps.run());
            LOG.log(Level.INFO, "the database answers; the node has started");
            return true;
        } catch (IOException | RuntimeException e) {
            report("the node can't start: " + e.getMessage(), "", e);
            return false;
        }
    }

    private synchronized void keep(NodeRuntime started) {
        made = Optional.of(started);
        node = made;
        if (closing.getCount() == 0) {
            end();
        }
    }

    private void end() {
        node = Optional.empty();
        made.ifPresent(NodeRuntime::close);
        made = Optional.empty();
    }

    /** Empty before it runs, and after its end. */
    Optional<NodeRuntime> node() {
        return node;
    }

    /** Why there is no node yet. */
    String reason() {
        return reason;
    }

    /** Idempotent; a node that is just being made ends as soon as it is. */
    @Override
    public synchronized void close() {
        closing.countDown();
        end();
    }
}
