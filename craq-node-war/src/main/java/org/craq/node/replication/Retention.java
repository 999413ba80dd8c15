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
 * Garbage collection of one member's log, in the background and page by page. It prunes the contents of versions that have been
 * deleted or that enough newer clean versions have followed. Up to the chain's horizon it also removes ("forgets") the remaining rows
 * of pruned versions and of deleted files.
 *
 * <p>A version keeps its contents for some time after it may be pruned, so that a read that has selected it can still open it.
 */
final class Retention implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Retention.class.getName());
    private static final long ROUND_MILLIS = 2_000;
    /** Longer than a read takes from selecting its version to its first byte. */
    private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(15);

    private static final long MARK_STEP_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final Duration LONGEST_SETTLING = Duration.ofMinutes(1);

    /** Receives the progress of retention. */
    interface Listener {
        /** Everything up to this entry is older than the retention window. */
        void settled(Seq upTo);

        /** Everything up to this entry has been forgotten, as requested. */
        void forgotten(Seq upTo);
    }

    /** The highest commit mark of an interval that began at the given time. */
    private record Mark(Seq seq, long sinceNanos) {}

    private final ReplicaLife owner;
    private final RetentionRules rules;
    private final OpenContents open;
    private final Listener listener;
    private final Deque<Mark> marks = new ArrayDeque<>();
    private final Sweeps rounds;
    private Seq committed;
    private Seq ripe = Seq.NONE;
    /** Versions up to this one have been pruned; used only by the rounds, which never overlap. */
    private Seq givenUp = Seq.NONE;

    /** True when no pruned content is kept for readers any more. */
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
        // Each round resumes where the last one stopped.
        rounds.every(
                Duration.ofMillis(ROUND_MILLIS), "retention of chain " + owner.chain(), threads.data(), this::round);
    }

    /** Called when the commit mark has risen. */
    synchronized void committed(Seq mark) {
        committed = mark;
        long now = System.nanoTime();
        boolean together = !marks.isEmpty() && now - marks.getLast().sinceNanos() < MARK_STEP_NANOS;
        marks.addLast(new Mark(mark, together ? marks.removeLast().sinceNanos() : now));
    }

    /** Requests that everything up to the mark be forgotten; the listener is notified when that is done. */
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
            // An entry that is not committed may still be replaced by a younger one.
            Seq sure = committed();
            settled = Seq.max(settled, Seq.min(sure, rules.table().olderThan(owner, settled, cutoff)));
            listener.settled(settled);
        }
    }

    private synchronized Seq committed() {
        return committed;
    }

    /** Returns the mark up to which entries were committed long enough ago to be pruned. */
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
