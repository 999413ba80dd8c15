package org.craq.node.files;

import java.util.concurrent.TimeUnit;
import org.craq.core.chain.ChainId;
import org.craq.core.replica.ReadOutcome;
import org.craq.core.replica.SessionToken;
import org.craq.node.replication.ChainDriver;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/** The mark at which a read is answered, and what must still hold when the answer is given. */
record PinnedMark(ChainDriver driver, ChainId chain, ReadOutcome.At at, long sinceNanos) {
    /** Shorter than the time for which retention keeps a version after it may be pruned. */
    private static final long OLDEST_MARK_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** True when retention may already have pruned versions that are visible at this mark. */
    boolean tooOld() {
        return System.nanoTime() - sinceNanos > OLDEST_MARK_NANOS;
    }

    void checkAge() {
        if (tooOld()) {
            throw new CraqException(ErrorCode.NOT_SERVING, "the node took too long to read; repeat the request");
        }
    }

    <T> Answer<T> answer(T value) {
        if (at.leased() && !driver.view().serves()) {
            throw new CraqException(ErrorCode.NOT_SERVING, "the node's lease ended while it was reading");
        }
        if (at.until().isPresent() && System.nanoTime() - at.until().getAsLong() > 0) {
            throw new CraqException(
                    ErrorCode.NOT_SERVING, "reading took longer than max-age allows; repeat the request");
        }
        return new Answer<>(value, at.level(), new SessionToken(chain, at.seen()));
    }
}
