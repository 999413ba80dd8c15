package org.craq.node.replication;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/**
 * Remembers that a member further down the chain had no room for content, so that uploads are refused here before anything of
 * them is promised: a small one is over before its own push could be refused. Now and then one upload is let through to see whether
 * there is room again.
 */
final class SuccessorSpace {
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long SURE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final LongSupplier nanoTime;
    private Optional<CraqException> full = Optional.empty();
    private long nextTry;
    private OptionalLong lastTaken = OptionalLong.empty();

    SuccessorSpace(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** A push was refused for lack of room. */
    synchronized void full(CraqException refusal) {
        full = Optional.of(refusal);
        lastTaken = OptionalLong.empty();
        nextTry = nanoTime.getAsLong() + PAUSE_NANOS;
    }

    /** A push was taken to its end. */
    synchronized void taken() {
        full = Optional.empty();
        lastTaken = OptionalLong.of(nanoTime.getAsLong());
    }

    /** True for a while after a push was taken: then content may follow that can't be refused. */
    synchronized boolean sure() {
        return lastTaken.isPresent() && nanoTime.getAsLong() - lastTaken.getAsLong() < SURE_NANOS;
    }

    /**
     * Called before content is taken.
     *
     * @throws CraqException STORAGE_FULL
     */
    synchronized void check() {
        long now = nanoTime.getAsLong();
        if (full.isPresent() && now - nextTry < 0) {
            throw new CraqException(ErrorCode.STORAGE_FULL, full.get().getMessage(), full.get());
        }
        nextTry = now + PAUSE_NANOS;
    }
}
