package org.craq.node.replication;

import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/**
 * Remembers that a member further down the chain had no room for content, so that uploads are refused here before anything of
 * them is promised: a small one is over before its own push could be refused. Now and then one upload is let through to see whether
 * there is room again.
 */
final class SuccessorRoom {
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final LongSupplier nanoTime;
    private Optional<CraqException> full = Optional.empty();
    private long nextTry;

    SuccessorRoom(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** A push was refused for lack of room. */
    synchronized void full(CraqException refusal) {
        full = Optional.of(refusal);
        nextTry = nanoTime.getAsLong() + PAUSE_NANOS;
    }

    /** A push was taken to its end. */
    synchronized void taken() {
        full = Optional.empty();
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
