package org.craq.server.clients;

import java.io.IOException;
import java.time.Duration;

/**
 * One direction of one request: how long its client has let a thread wait since it last moved {@value #UNIT_BYTES} bytes. Only time in which a thread
 * waits for the client counts, so the store may be as slow as it is. One thread transfers, another one looks and may interrupt it; no interrupt reaches the
 * thread after the transfer has been left.
 */
final class Transfer {
    /** What has to be moved before the patience begins anew. */
    static final int UNIT_BYTES = 64 << 10;

    private final boolean incoming;
    /** Null while nobody waits. */
    private Thread waiting;

    private long since;
    private long waited;
    private long moved;
    private long movedInAll;
    private boolean givenUp;

    /** @param incoming true for what the client sends, false for what it takes */
    Transfer(boolean incoming) {
        this.incoming = incoming;
    }

    /** A step that moves some bytes. */
    interface Step {
        /** Returns how many; negative at the end. */
        int run() throws IOException;
    }

    /**
     * Runs the step, which may wait for the client.
     *
     * @throws SlowClientException when the client is too slow, now and from then on
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
            // It was meant for the wait that is over.
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
                incoming ? "the client sends too slowly" : "the client takes what it asked for too slowly");
    }

    synchronized boolean givenUp() {
        return givenUp;
    }

    /** True while a thread has been waiting for longer than that without a break. */
    synchronized boolean waitsLonger(Duration time) {
        return waiting != null && System.nanoTime() - since > time.toNanos();
    }

    /** True for what the client sends when it was more than one unit. */
    synchronized boolean isLongUpload() {
        return incoming && movedInAll >= UNIT_BYTES;
    }

    /** Gives the client up if a thread waits for it and its patience is at an end. */
    synchronized void check(Duration patience) {
        if (waiting != null && !givenUp && waited + System.nanoTime() - since > patience.toNanos()) {
            givenUp = true;
            waiting.interrupt();
        }
    }
}
