package org.craq.node.runtime;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.craq.node.store.DatabaseRefusedException;

/**
 * Starts a node, and waits for its database if necessary. When both machines come up at the same time, as after a power failure, the
 * database may be the later one. The deployment must not fail then, since nobody would deploy it again.
 *
 * @param <N> type of the node
 */
public final class NodeStart<N> implements AutoCloseable {
    static final String NOT_YET = "the node has not started yet";

    public static final Duration FIRST_PAUSE = Duration.ofSeconds(2);

    private static final Logger LOG = System.getLogger(NodeStart.class.getName());
    /** Long enough, as each attempt adds a stack trace to the server's log. */
    private static final long LONGEST_PAUSE_MILLIS = 15_000;

    private static final long END_SECONDS = 20;

    private final DataSource database;
    private final Steps<N> steps;
    private final Consumer<N> end;
    private final Duration firstPause;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final CountDownLatch done = new CountDownLatch(1);
    private volatile Optional<N> node = Optional.empty();
    private volatile String reason = NOT_YET;
    private volatile boolean refuses;

    /** Creates a node; leaves nothing open when it fails. */
    public interface Steps<N> {
        N run() throws IOException;
    }

    /**
     * Prepares the start.
     *
     * @param database checked for a connection before each attempt
     * @param end closes a node that was created
     * @param firstPause pause before the second attempt; later ones are longer
     */
    public NodeStart(DataSource database, Steps<N> steps, Consumer<N> end, Duration firstPause) {
        this.database = database;
        this.steps = steps;
        this.end = end;
        this.firstPause = firstPause;
    }

    /**
     * Starts the node. If its database can't be reached or is refused, returns and keeps retrying on a thread of the executor.
     *
     * @throws IOException if the steps fail while the database can be reached; likewise their other exceptions
     */
    public void begin(Executor executor) throws IOException {
        if (reachable()) {
            try {
                node = Optional.of(steps.run());
            } catch (Exception e) {
                // This also catches the checked exceptions of a commit, which are not declared.
                if (e instanceof DatabaseRefusedException) {
                    refused(e);
                } else if (reachable()) {
                    done.countDown();
                    throw e;
                }
            }
        }
        if (node.isPresent()) {
            done.countDown();
        } else {
            try {
                executor.execute(this::goOn);
            } catch (RejectedExecutionException e) {
                // The deployment is ending already: nobody must wait for this start.
                done.countDown();
                throw e;
            }
        }
    }

    private boolean reachable() {
        try (Connection connection = database.getConnection()) {
            return connection != null;
        } catch (SQLException | RuntimeException e) {
            report(
                    "the node is waiting for its database",
                    ". Check that the data source jdbc/craq (craq.db.url, craq.db.user, craq.db.password) reaches a running server",
                    e);
            return false;
        }
    }

    /** Logs each reason once, as there may be many attempts. */
    private void report(String why, String advice, Throwable cause) {
        if (!why.equals(reason)) {
            reason = why;
            LOG.log(Level.ERROR, why + "; it will keep retrying" + advice, cause);
        }
    }

    /** An operator has to decide or to restore the right database; the next attempt notices either. */
    private void refused(Exception refusal) {
        report(refusal.getMessage(), "", null);
        refuses = true;
    }

    private void goOn() {
        try {
            long pause = firstPause.toMillis();
            while (!closing.await(pause, TimeUnit.MILLISECONDS)) {
                if (reachable() && closing.getCount() > 0 && tryAgain()) {
                    return;
                }
                pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            done.countDown();
        }
    }

    private boolean tryAgain() {
        try {
            node = Optional.of(steps.run());
            refuses = false;
            LOG.log(Level.INFO, "the database is available; the node has started");
            return true;
        } catch (Exception | Error e) {
            if (e instanceof DatabaseRefusedException refusal) {
                refused(refusal);
            } else {
                refuses = false;
                report("the node can't start", "", e);
            }
            return false;
        }
    }

    /** Returns the node; empty before it runs and after its end. */
    Optional<N> node() {
        return node;
    }

    /** Returns why there is no node yet. */
    String reason() {
        return reason;
    }

    /** True while the node does not start because its database is not the one that its disk was last used with. */
    public boolean refusesDatabase() {
        return refuses;
    }

    /** Stops the node. Waits for a start in progress, as the node's parts need their threads to stop. Idempotent. */
    @Override
    public void close() {
        closing.countDown();
        try {
            if (!done.await(END_SECONDS, TimeUnit.SECONDS)) {
                LOG.log(Level.WARNING, "the start of the node did not end in time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Optional<N> last = node;
        node = Optional.empty();
        last.ifPresent(end);
    }
}
