package org.craq.node.replication;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/**
 * Remembers that a member further down the chain had no disk space, so that this member refuses uploads before they enter the log;
 * a small upload ends before its own push could be refused. From time to time one upload is let through to find out whether there is
 * space again. Thread-safe.
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

    /** Called when a push was refused for lack of space. */
    synchronized void full(CraqException refusal) {
        full = Optional.of(refusal);
        lastTaken = OptionalLong.empty();
        nextTry = nanoTime.getAsLong() + PAUSE_NANOS;
    }

    /** Called when a push was accepted completely. */
    synchronized void taken() {
        full = Optional.empty();
        lastTaken = OptionalLong.of(nanoTime.getAsLong());
    }

    /** True for a short time after a push was accepted; contents that the successor can't refuse may be sent only then. */
    synchronized boolean sure() {
        return lastTaken.isPresent() && nanoTime.getAsLong() - lastTaken.getAsLong() < SURE_NANOS;
    }

    /**
     * Called before a content is accepted.
     *
     * @throws CraqException STORAGE_FULL when a member further down the chain had no space
     */
    synchronized void check() {
        long now = nanoTime.getAsLong();
        if (full.isPresent() && now - nextTry < 0) {
            throw new CraqException(ErrorCode.STORAGE_FULL, full.get().getMessage(), full.get());
        }
        nextTry = now + PAUSE_NANOS;
    }
}
