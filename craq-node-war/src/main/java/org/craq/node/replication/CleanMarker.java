package org.craq.node.replication;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.craq.core.chain.Seq;
import org.craq.node.metadata.Metadata;
import org.craq.node.metadata.ReplicaLife;
import org.craq.node.threads.Threads;

/** Writes the commit mark to the database with a delay, several times a second at most, however fast the mark rises. */
final class CleanMarker {
    private static final Logger LOG = System.getLogger(CleanMarker.class.getName());
    private static final long DELAY_MILLIS = 250;

    private final ReplicaLife life;
    private final Metadata metadata;
    private final Threads threads;
    private final AtomicLong mark = new AtomicLong();
    private final AtomicBoolean planned = new AtomicBoolean();

    CleanMarker(ReplicaLife life, Metadata metadata, Threads threads) {
        this.life = life;
        this.metadata = metadata;
        this.threads = threads;
    }

    /** Called by the driver, with marks that only rise. */
    void committed(Seq upTo) {
        mark.set(upTo.value());
        plan();
    }

    /** Plans a write unless one is planned or running, as concurrent ones would write the same rows. */
    private void plan() {
        if (planned.compareAndSet(false, true)) {
            Future<?> unused = threads.timer()
                    .schedule(() -> threads.control().execute(this::write), DELAY_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void write() {
        long upTo = mark.get();
        try {
            metadata.markClean(life, new Seq(upTo));
        } catch (Exception e) {
            // This also catches the checked exceptions of a failed commit.
            LOG.log(
                    Level.WARNING,
                    "chain " + life.chain() + ": the commit mark could not be written to the database: "
                            + e.getMessage());
        } finally {
            planned.set(false);
        }
        if (mark.get() > upTo) {
            plan();
        }
    }
}
