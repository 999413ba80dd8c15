package org.craq.node.replication;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.craq.core.chain.Seq;
import org.craq.node.metadata.Outdated;
import org.craq.node.metadata.ReplicaLife;
import org.craq.node.metadata.RetentionTable;
import org.craq.node.threads.Threads;
import org.craq.server.Sweeps;

/**
 * Lets go of what a member need not keep, in the background and page by page: the content of versions that enough newer clean
 * ones have followed or that have been deleted, and, below the chain's horizon, whatever is left of them and of deleted files.
 *
 * <p>A version keeps its content for a while after it could go, so that a read which has chosen it can open it.
 */
final class Retention implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Retention.class.getName());
    private static final long ROUND_MILLIS = 2_000;
    /** Longer than a read takes from the choice of its version to its first byte. */
    private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(15);

    private static final long MARK_STEP_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final Duration LONGEST_SETTLING = Duration.ofMinutes(1);

    /** Who is told. */
    interface Listener {
        /** Everything up to here is older than the window. */
        void settled(Seq upTo);

        void forgotten(Seq upTo);
    }

    /** The highest mark of a step of time that began then. */
    private record Mark(Seq seq, long sinceNanos) {}

    private final ReplicaLife owner;
    private final RetentionRules rules;
    private final OpenContents open;
    private final Listener listener;
    private final Deque<Mark> marks = new ArrayDeque<>();
    private final Sweeps rounds;
    private Seq committed;
    private Seq ripe = Seq.NONE;
    /** Of the rounds alone, which never overlap. */
    private Seq givenUp = Seq.NONE;

    /** No content waits for its readers. */
    private boolean nothingHeld;

    private Seq forgetting = Seq.NONE;
    private Seq settled = Seq.NONE;
    private long lastSettled = System.nanoTime();
    private volatile boolean closed;

    Retention(
            ReplicaLife owner,
            RetentionRules rules,
            OpenContents open,
            Seq committed,
            Threads threads,
            Listener listener) {
        this.owner = owner;
        this.rules = rules;
        this.open = open;
        this.committed = committed;
        this.listener = listener;
        this.rounds = new Sweeps(threads.timer());
        // Each round goes on where the last one stopped.
        rounds.every(
                Duration.ofMillis(ROUND_MILLIS), "retention of chain " + owner.chain(), threads.data(), this::round);
    }

    /** The commit mark rose. */
    synchronized void committed(Seq mark) {
        committed = mark;
        long now = System.nanoTime();
        boolean together = !marks.isEmpty() && now - marks.getLast().sinceNanos() < MARK_STEP_NANOS;
        marks.addLast(new Mark(mark, together ? marks.removeLast().sinceNanos() : now));
    }

    /** What lies at or below the mark may be forgotten; told when it is. */
    synchronized void forget(Seq upTo) {
        forgetting = upTo;
    }

    private void round() {
        if (closed) {
            return;
        }
        settle();
        Seq target = ripe();
        while (!closed && target.isAfter(givenUp)) {
            RetentionTable.Surplus surplus = rules.table().surplus(owner, target, rules.versions());
            if (rules.table().giveUp(owner, surplus, open::isOpen)) {
                givenUp = surplus.done();
                nothingHeld = false;
            }
        }
        Seq upTo;
        synchronized (this) {
            upTo = forgetting;
        }
        if (upTo.isAfter(Seq.NONE)) {
            forgetAll(upTo);
        }
        nothingHeld = nothingHeld || rules.table().letGo(owner, open::isOpen);
    }

    private void settle() {
        Duration step = rules.window().dividedBy(4);
        long pause = (step.compareTo(LONGEST_SETTLING) < 0 ? step : LONGEST_SETTLING).toNanos();
        if (System.nanoTime() - lastSettled >= pause) {
            lastSettled = System.nanoTime();
            long cutoff = System.currentTimeMillis() - rules.window().toMillis();
            // The place of what is not committed may be taken by something younger.
            Seq sure = committed();
            settled = Seq.max(settled, Seq.min(sure, rules.table().olderThan(owner, settled, cutoff)));
            listener.settled(settled);
        }
    }

    private synchronized Seq committed() {
        return committed;
    }

    /** What was committed long enough ago. */
    private synchronized Seq ripe() {
        while (!marks.isEmpty() && System.nanoTime() - marks.getFirst().sinceNanos() > GRACE_NANOS + MARK_STEP_NANOS) {
            ripe = marks.removeFirst().seq();
        }
        return ripe;
    }

    private void forgetAll(Seq upTo) {
        rules.table().declareForgotten(owner, upTo);
        nothingHeld = false;
        Seq done = Seq.NONE;
        while (!closed && upTo.isAfter(done)) {
            Outdated outdated = rules.table().outdated(owner, upTo, rules.versions());
            if (rules.table().forget(owner, outdated, open::isOpen)) {
                done = outdated.to();
            }
        }
        if (!upTo.isAfter(done)) {
            synchronized (this) {
                forgetting = forgetting.equals(upTo) ? Seq.NONE : forgetting;
            }
            LOG.log(Level.INFO, "chain {0}: forgotten up to {1}", owner.chain(), upTo);
            listener.forgotten(upTo);
        }
    }

    @Override
    public void close() {
        closed = true;
        rounds.close();
    }
}
