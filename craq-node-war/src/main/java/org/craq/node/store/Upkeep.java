package org.craq.node.store;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;

/**
 * Maintains the store in the background, a little at a time: compaction, scrub, and repairs that had to wait. It uses
 * no thread between two ticks; after a failure, such as a database that does not answer, it resumes later.
 */
public final class Upkeep {
    private static final Logger LOG = System.getLogger(Upkeep.class.getName());
    public static final long TICK_MILLIS = 250;
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long PLAN_EVERY = 300 * SECOND;
    /** Between passes while space is short, and before the first one. */
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
     * Rates in bytes per second.
     *
     * @param compaction 0: no compaction
     * @param scrub 0: the scrub runs only on request
     * @param askedScrub used for requested passes if {@code scrub} is 0
     */
    public record Rates(long compaction, long scrub, long askedScrub) {}

    /**
     * Creates upkeep that begins now.
     *
     * @param release releases what is set aside; it receives the time, as {@link #tick} does, and never overlaps
     *     compaction
     * @param nowNanos now, by {@link System#nanoTime}, as in {@link #tick}
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

    /** Does what is due; returns at once if another call is still working. */
    public void tick(long nowNanos) {
        if (!busy.tryLock()) {
            return;
        }
        try {
            if (!stopped && store.failure().isEmpty() && nowNanos - notBefore >= 0) {
                work(nowNanos);
            }
        } catch (Exception e) {
            // Exception, as the checked exceptions of a commit come through methods that declare none.
            LOG.log(Level.WARNING, "the chunk store's upkeep failed; it will resume later", e);
            notBefore = nowNanos + PAUSE_AFTER_FAILURE;
        } finally {
            busy.unlock();
        }
    }

    /** Stops the upkeep; returns when no work is running any more, or after a timeout. */
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
