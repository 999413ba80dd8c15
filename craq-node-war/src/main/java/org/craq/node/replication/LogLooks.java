package org.craq.node.replication;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongPredicate;
import org.craq.core.chain.ChainId;
import org.craq.core.chain.NodeId;
import org.craq.core.replica.Effect;
import org.craq.node.metadata.Metadata;
import org.craq.node.metadata.Reading;

/** The looks into its own log that the protocol asks for, one at a time; what they find comes back as an event. */
final class LogLooks {
    private static final Logger LOG = System.getLogger(LogLooks.class.getName());
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(15);
    private static final int PAGE = 256;
    private static final long POLL_MILLIS = 50;

    private final NodeId self;
    private final ChainId chain;
    private final Metadata metadata;
    private final ChainDriver driver;
    private final LongPredicate ready;
    private final Batcher<Runnable> work;

    /** @param ready true for a stream whose successor takes more */
    LogLooks(NodeId self, ChainId chain, Metadata metadata, Executor threads, ChainDriver driver, LongPredicate ready) {
        this.self = self;
        this.chain = chain;
        this.metadata = metadata;
        this.driver = driver;
        this.ready = ready;
        this.work = new Batcher<>(threads, 1, steps -> steps.get(0).run());
    }

    /** Finds what a write has to be held against. */
    void lookUp(Effect.LookUp wanted) {
        long since = System.nanoTime();
        work.add(() -> lookUp(wanted, since));
    }

    private void lookUp(Effect.LookUp wanted, long since) {
        if (System.nanoTime() - since > PATIENCE_NANOS) {
            // The database took so long over others that the writers get a clear answer rather than the next long wait.
            driver.post(member -> member.lookUpFailed(wanted.token()));
            return;
        }
        try {
            var found = Reading.repeated(() -> metadata.find(self, chain, wanted.id(), wanted.names()));
            driver.post(member -> member.lookedUp(wanted.token(), found, System.nanoTime()));
        } catch (Exception e) {
            LOG.log(Level.WARNING, "chain " + chain + ": the database did not answer", e);
            driver.post(member -> member.lookUpFailed(wanted.token()));
        }
    }

    /** Reads entries for a successor, once it takes more, so that a long catch-up does not fill memory. */
    void load(Effect.LoadLog wanted) {
        if (ready.test(wanted.stream())) {
            work.add(() -> read(wanted));
        } else {
            again(wanted);
        }
    }

    private void read(Effect.LoadLog wanted) {
        try {
            Metadata.LogPage page = metadata.entries(self, chain, wanted.from(), wanted.upTo(), PAGE);
            driver.post(member -> member.loaded(wanted.stream(), page.entries(), page.through()));
        } catch (Exception e) {
            LOG.log(Level.WARNING, "chain " + chain + ": the log could not be read; trying again", e);
            again(wanted);
        }
    }

    private void again(Effect.LoadLog wanted) {
        driver.perform(() -> load(wanted), POLL_MILLIS);
    }
}
