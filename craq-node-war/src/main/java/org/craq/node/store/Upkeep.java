package org.craq.node.store;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;

/**
 * Keeps the store in order in the background, a little at a time: compaction, scrub, repairs that had to wait. It holds no
 * thread between two ticks, and one failure, such as a database that does not answer, only means that it goes on later.
 */
public final class Upkeep {
    private static final Logger LOG = System.getLogger(Upkeep.class.getName());
    public static final long TICK_MILLIS = 250;
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long PLAN_EVERY = 300 * SECOND;
    /** Where space is short. */
    private static final long PLAN_SOON = 15 * SECOND;

    private static final long RETRY_EVERY = 10 * SECOND;
    private static final long PAUSE_AFTER_FAILURE = 10 * SECOND;
    private static final long FIRST_PASS_AFTER = 600 * SECOND;
    private static final long STOP_SECONDS = 10;
    private static final long PASS_EVERY = 24 * 3600 * SECOND;

    private final ChunkStore store;
    private final Compactor compactor;
    private final Scrub scrub;
    private final ChunkRepair repair;
    private final LongConsumer release;
    private final boolean compacts;
    private final boolean scrubs;
    private final Pace compactionPace;
    private final Pace scrubPace;
    private final ReentrantLock busy = new ReentrantLock();
    private volatile boolean stopped;
    private long nextPlan;
    private long nextRetry;
    private long nextPass;
    private long notBefore;

    /**
     * Bytes in a second.
     *
     * @param compaction 0: none
     * @param scrub 0: only when asked to
     * @param askedScrub for a pass that was asked for where there is none otherwise
     */
    public record Rates(long compaction, long scrub, long askedScrub) {}

    /**
     * Upkeep that begins now.
     *
     * @param release lets go of what is set aside; it gets the time, as {@link #tick} does, and never overlaps compaction
     * @param nowNanos as in {@link #tick}, by {@link System#nanoTime}
     */
    public Upkeep(
            ChunkStore store,
            Compactor compactor,
            Scrub scrub,
            ChunkRepair repair,
            LongConsumer release,
            Rates rates,
            long nowNanos) {
        this.store = store;
        this.release = release;
        this.compactor = compactor;
        this.scrub = scrub;
        this.repair = repair;
        this.compacts = rates.compaction() > 0;
        this.scrubs = rates.scrub() > 0;
        this.compactionPace = new Pace(rates.compaction(), nowNanos);
        this.scrubPace = new Pace(scrubs ? rates.scrub() : rates.askedScrub(), nowNanos);
        this.nextPlan = nowNanos + PLAN_SOON;
        this.nextRetry = nowNanos;
        this.nextPass = nowNanos + FIRST_PASS_AFTER;
        this.notBefore = nowNanos;
    }

    /** Does what is due; a call that comes while another is at work returns at once. */
    public void tick(long nowNanos) {
        if (!busy.tryLock()) {
            return;
        }
        try {
            if (!stopped && store.failure().isEmpty() && nowNanos - notBefore >= 0) {
                work(nowNanos);
            }
        } catch (Exception e) {
            // Also the checked exceptions of a commit, which come through methods that declare none.
            LOG.log(Level.WARNING, "the chunk store's upkeep was interrupted; it goes on later", e);
            notBefore = nowNanos + PAUSE_AFTER_FAILURE;
        } finally {
            busy.unlock();
        }
    }

    /** Returns when nothing is at work any more, or after a while. */
    public void stop() {
        stopped = true;
        try {
            if (busy.tryLock(STOP_SECONDS, TimeUnit.SECONDS)) {
                busy.unlock();
            } else {
                LOG.log(Level.WARNING, "the chunk store's upkeep did not stop in time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void work(long now) {
        if (now - nextRetry >= 0) {
            nextRetry = now + RETRY_EVERY;
            repair.retry();
            release.accept(now);
        }
        if (scrubs && now - nextPass >= 0) {
            nextPass = now + PASS_EVERY;
            scrub.begin();
        }
        long mayRead = scrubPace.allowance(now);
        if (mayRead > 0 && scrub.running()) {
            scrubPace.took(scrub.step(mayRead));
        }
        if (!compacts) {
            return;
        }
        if (now - nextPlan >= 0) {
            nextPlan = now + (store.reserve().reached() ? PLAN_SOON : PLAN_EVERY);
            compactor.plan();
        }
        long mayCopy = compactionPace.allowance(now);
        if (mayCopy > 0) {
            compactionPace.took(compactor.step(mayCopy));
        }
    }
}
