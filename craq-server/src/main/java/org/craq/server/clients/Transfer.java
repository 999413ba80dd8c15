package org.craq.server.clients;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * One direction of one request: how long its client has made a thread wait since it last moved {@value #UNIT_BYTES}
 * bytes. Only time spent waiting for the client counts, so a slow store does no harm. One thread transfers, and another
 * one checks it and may interrupt it; no interrupt reaches the thread after the transfer has been left.
 */
final class Transfer {
    /** The number of bytes after which the time limit starts again. */
    static final int UNIT_BYTES = 64 << 10;

    private final boolean incoming;
    /** Null while no thread waits. */
    private Thread waiting;

    private long since;
    private long waited;
    private long moved;
    private long movedInAll;
    private boolean givenUp;
    /** The time by which all must have been moved, if there is one. */
    private Optional<Long> end = Optional.empty();

    /**
     * Creates a transfer.
     *
     * @param incoming true for what the client sends, false for what it receives
     */
    Transfer(boolean incoming) {
        this.incoming = incoming;
    }

    /** A step that moves some bytes. */
    interface Step {
        /** Returns the number of bytes moved; negative at the end. */
        int run() throws IOException;
    }

    /**
     * Runs a step, which may wait for the client.
     *
     * @throws SlowClientException when the client is too slow; then every later call throws it too
     */
    int run(Step step) throws IOException {
        enter();
        int count = 0;
        try {
            count = step.run();
        } catch (IOException e) {
            if (givenUp()) {
                throw tooSlow();
            }
            throw e;
        } finally {
            leave(count);
        }
        return count;
    }

    private synchronized void enter() throws SlowClientException {
        if (givenUp) {
            throw tooSlow();
        }
        waiting = Thread.currentThread();
        since = System.nanoTime();
    }

    private synchronized void leave(int count) {
        waiting = null;
        if (givenUp) {
            // The interrupt was meant for the wait that has just ended.
            Thread.interrupted();
        }
        waited += System.nanoTime() - since;
        moved += Math.max(0, count);
        movedInAll += Math.max(0, count);
        if (moved >= UNIT_BYTES) {
            moved = 0;
            waited = 0;
        }
    }

    private SlowClientException tooSlow() {
        return new SlowClientException(
                incoming ? "the client sends too slowly" : "the client receives its answer too slowly");
    }

    synchronized boolean givenUp() {
        return givenUp;
    }

    /** Returns true if a thread has been waiting for longer than this without a break. */
    synchronized boolean waitsLonger(Duration time) {
        return waiting != null && System.nanoTime() - since > time.toNanos();
    }

    /** Returns true for an upload of which more than one unit has arrived. */
    synchronized boolean isLongUpload() {
        return incoming && movedInAll >= UNIT_BYTES;
    }

    /** Allows this much more time for all that is still to be moved. */
    synchronized void endIn(Duration time) {
        end = Optional.of(System.nanoTime() + time.toNanos());
    }

    /** Returns true when the time of {@link #endIn} has passed. */
    synchronized boolean overdue() {
        return end.filter(nanos -> System.nanoTime() - nanos >= 0).isPresent();
    }

    /** Aborts the transfer if a thread is waiting for the client and a time limit has been exceeded. */
    synchronized void check(Duration patience) {
        boolean late = overdue() || waited + System.nanoTime() - since > patience.toNanos();
        if (waiting != null && !givenUp && late) {
            givenUp = true;
            waiting.interrupt();
        }
    }
}
