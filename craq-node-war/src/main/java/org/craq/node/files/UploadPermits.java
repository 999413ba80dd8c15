package org.craq.node.files;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.content.ContentConnection;

/**
 * Turns of uploads that do not fit one short message. Each has a chunk on its way in and one on its way out, in memory outside
 * the heap, with gaps that other streams' chunks leave; so no more go on at once than there is memory for, and the others
 * come in their order. Thread-safe.
 */
public final class UploadPermits {
    /** Content up to here needs no turn, bytes. */
    public static final int SHORT_BYTES = ContentConnection.SHORT_BYTES;

    private static final long BYTES_OF_ONE = 16L << 20;
    private static final long PATIENCE_SECONDS = 60;

    private final long most;
    private final Deque<Turn> waiting = new ArrayDeque<>();
    private int under;

    /** @param memory bytes that the process may take outside its heap; if nothing else is set, as many as inside */
    public UploadPermits(long memory) {
        most = Math.max(1, memory / BYTES_OF_ONE);
    }

    /** A place in the line, or at the front. To be closed. */
    public final class Turn implements AutoCloseable {
        private final Runnable come;
        private boolean mine;
        private boolean closed;

        private Turn(Runnable come) {
            this.come = come;
        }

        @Override
        public void close() {
            Optional<Turn> next;
            synchronized (UploadPermits.this) {
                if (closed) {
                    return;
                }
                closed = true;
                if (!mine) {
                    waiting.remove(this);
                    return;
                }
                under--;
                next = call();
            }
            next.ifPresent(turn -> turn.come.run());
        }
    }

    /** Whose turn has come now; to be told by the caller when it holds no lock. */
    private Optional<Turn> call() {
        if (under >= most || waiting.isEmpty()) {
            return Optional.empty();
        }
        Turn turn = waiting.removeFirst();
        turn.mine = true;
        under++;
        return Optional.of(turn);
    }

    /** Runs the step, which must not wait, when it is this one's turn: at once, or in another thread later. */
    public Turn take(Runnable come) {
        Turn turn = new Turn(come);
        Optional<Turn> now;
        synchronized (this) {
            waiting.addLast(turn);
            now = call();
        }
        now.ifPresent(called -> called.come.run());
        return turn;
    }

    /**
     * For what can't wait.
     *
     * @throws CraqException OVERLOADED when others are in front
     */
    public Turn takeNow() {
        return takeIfFree().orElseThrow(this::busy);
    }

    /** For what may as well be left alone; empty when others are in front. */
    Optional<Turn> takeIfFree() {
        Turn turn = take(() -> {});
        if (mine(turn)) {
            return Optional.of(turn);
        }
        turn.close();
        return Optional.empty();
    }

    /**
     * For callers that have a thread to wait with.
     *
     * @throws CraqException OVERLOADED when the turn does not come within a minute
     */
    Turn await() {
        CountDownLatch come = new CountDownLatch(1);
        Turn turn = take(come::countDown);
        try {
            if (come.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                return turn;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        turn.close();
        throw busy();
    }

    /** True while others wait for somebody to end. */
    public synchronized boolean othersWait() {
        return !waiting.isEmpty();
    }

    private synchronized boolean mine(Turn turn) {
        return turn.mine;
    }

    private CraqException busy() {
        return new CraqException(
                ErrorCode.OVERLOADED,
                most + " uploads of more than " + SHORT_BYTES
                        + " bytes are under way on this node, which is what it has memory for, and others wait");
    }
}
