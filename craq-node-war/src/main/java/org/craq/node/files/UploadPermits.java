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
 * Permits for uploads that are longer than one short message. Such an upload needs memory outside the heap for a chunk that is being
 * received and one that is being sent, plus what fragmentation costs. So only as many run at once as there is memory for; the others
 * wait in order. Thread-safe.
 */
public final class UploadPermits {
    /** Contents of up to this many bytes need no permit. */
    public static final int SHORT_BYTES = ContentConnection.SHORT_BYTES;

    private static final long BYTES_OF_ONE = 16L << 20;
    private static final long PATIENCE_SECONDS = 60;

    private final long most;
    private final Deque<Permit> waiting = new ArrayDeque<>();
    private int under;

    /**
     * Creates one permit for each 16 MiB of memory, at least one.
     *
     * @param memory bytes that the process may use outside its heap; by default the JVM allows as much as inside
     */
    public UploadPermits(long memory) {
        most = Math.max(1, memory / BYTES_OF_ONE);
    }

    /** A permit, or a place in the line for one. Closing it releases the permit or leaves the line. */
    public final class Permit implements AutoCloseable {
        private final Runnable come;
        private boolean mine;
        private boolean closed;

        private Permit(Runnable come) {
            this.come = come;
        }

        @Override
        public void close() {
            Optional<Permit> next;
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
            next.ifPresent(permit -> permit.come.run());
        }
    }

    /** Grants a free permit to the first in line; the caller must notify it after releasing the lock. */
    private Optional<Permit> call() {
        if (under >= most || waiting.isEmpty()) {
            return Optional.empty();
        }
        Permit permit = waiting.removeFirst();
        permit.mine = true;
        under++;
        return Optional.of(permit);
    }

    /** Joins the line. The step runs when the permit is granted, at once or later on another thread; it must not block. */
    public Permit take(Runnable come) {
        Permit permit = new Permit(come);
        Optional<Permit> now;
        synchronized (this) {
            waiting.addLast(permit);
            now = call();
        }
        now.ifPresent(called -> called.come.run());
        return permit;
    }

    /**
     * Takes a permit without waiting.
     *
     * @throws CraqException OVERLOADED when none is free
     */
    public Permit takeNow() {
        return takeIfFree().orElseThrow(this::busy);
    }

    /** Returns a stand-in for a permit that the caller holds and keeps: closing the stand-in releases nothing. */
    public Permit lent() {
        Permit permit = new Permit(() -> {});
        permit.closed = true;
        return permit;
    }

    /** Takes a permit without waiting; empty when none is free. */
    Optional<Permit> takeIfFree() {
        Permit permit = take(() -> {});
        if (mine(permit)) {
            return Optional.of(permit);
        }
        permit.close();
        return Optional.empty();
    }

    /**
     * Blocks until a permit is granted.
     *
     * @throws CraqException OVERLOADED when none is granted within a minute
     */
    Permit await() {
        CountDownLatch come = new CountDownLatch(1);
        Permit permit = take(come::countDown);
        try {
            if (come.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                return permit;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        permit.close();
        throw busy();
    }

    /** True while uploads are waiting for a permit. */
    public synchronized boolean othersWait() {
        return !waiting.isEmpty();
    }

    private synchronized boolean mine(Permit permit) {
        return permit.mine;
    }

    private CraqException busy() {
        return new CraqException(
                ErrorCode.OVERLOADED,
                most + " uploads of more than " + SHORT_BYTES
                        + " bytes are in progress on this node, which is all it has memory for, and others are waiting");
    }
}
