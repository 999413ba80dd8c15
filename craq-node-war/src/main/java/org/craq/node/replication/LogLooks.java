package org.craq.node.replication;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongPredicate;
import java.util.stream.Collectors;
import org.craq.core.chain.ChainId;
import org.craq.core.chain.NodeId;
import org.craq.core.replica.Effect;
import org.craq.core.replica.Found;
import org.craq.node.metadata.Metadata;
import org.craq.node.metadata.ReplicaLife;
import org.craq.node.metadata.RetriedReads;

/**
 * Lookups in a member's own log that the protocol requests; the results go back to it as events. Lookups for writes that are requested
 * while another one is running are executed together next.
 */
final class LogLooks {
    private static final Logger LOG = System.getLogger(LogLooks.class.getName());
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(15);
    private static final int PAGE = 256;
    /** Maximum number of writes in one lookup. */
    private static final int MOST = 64;

    private static final long POLL_MILLIS = 50;

    private final NodeId self;
    private final ChainId chain;
    private final Metadata metadata;
    private final DriverInbox inbox;
    private final LongPredicate ready;
    private final Batcher<Due> looks;
    private final Batcher<Effect.LoadLog> loads;

    /** A lookup for a write, and when it was requested. */
    private record Due(Effect.LookUp look, long since) {
        boolean late() {
            return System.nanoTime() - since > PATIENCE_NANOS;
        }
    }

    /**
     * Creates it without lookups.
     *
     * @param ready true for a stream whose successor accepts more
     */
    LogLooks(ReplicaLife life, Metadata metadata, Executor threads, DriverInbox inbox, LongPredicate ready) {
        this.self = life.node();
        this.chain = life.chain();
        this.metadata = metadata;
        this.inbox = inbox;
        this.ready = ready;
        this.looks = new Batcher<>(threads, MOST, this::lookUp);
        this.loads = new Batcher<>(threads, 1, pages -> read(pages.get(0)));
    }

    /** Finds what is needed to evaluate a write: an earlier attempt, and the newest versions for its conditions. */
    void lookUp(Effect.LookUp wanted) {
        looks.add(new Due(wanted, System.nanoTime()));
    }

    private void lookUp(List<Due> batch) {
        Map<Boolean, List<Effect.LookUp>> byLateness = batch.stream()
                .collect(Collectors.partitioningBy(Due::late, Collectors.mapping(Due::look, Collectors.toList())));
        // If the database took this long for earlier lookups, fail now rather than make the writers wait again.
        byLateness.get(true).forEach(this::failed);
        List<Effect.LookUp> due = byLateness.get(false);
        if (due.isEmpty()) {
            return;
        }
        try {
            List<Found> found = RetriedReads.repeated(() -> metadata.find(self, chain, due));
            for (int i = 0; i < due.size(); i++) {
                long token = due.get(i).token();
                Found one = found.get(i);
                inbox.post(member -> member.lookedUp(token, one, System.nanoTime()));
            }
        } catch (Exception e) {
            LOG.log(Level.WARNING, "chain " + chain + ": the database did not answer", e);
            due.forEach(this::failed);
        }
    }

    private void failed(Effect.LookUp look) {
        inbox.post(member -> member.lookUpFailed(look.token()));
    }

    /** Reads entries for a successor once it accepts more, so that a long catch-up does not fill memory. */
    void load(Effect.LoadLog wanted) {
        if (ready.test(wanted.stream())) {
            loads.add(wanted);
        } else {
            again(wanted);
        }
    }

    private void read(Effect.LoadLog wanted) {
        try {
            Metadata.LogPage page = metadata.entries(self, chain, wanted.from(), wanted.upTo(), PAGE);
            inbox.post(member -> member.loaded(wanted.stream(), page.entries(), page.through()));
        } catch (Exception e) {
            LOG.log(Level.WARNING, "chain " + chain + ": the log could not be read; trying again", e);
            again(wanted);
        }
    }

    private void again(Effect.LoadLog wanted) {
        inbox.perform(() -> load(wanted), POLL_MILLIS);
    }
}
