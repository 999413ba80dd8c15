package org.craq.node.files;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.content.ContentConnection;

/**
 * Permits for uploads that are longer than one short message. Such an upload needs memory outside the heap for a chunk that is being
 * received and one that is being sent, plus what fragmentation costs. So only as many run at once as there is memory for; the others
 * wait in order. As long as a user has half of the permits or more, those of others go first. Thread-safe.
 */
public final class UploadPermits {
    /** Contents of up to this many bytes need no permit. */
    public static final int SHORT_BYTES = ContentConnection.SHORT_BYTES;

    private static final long BYTES_OF_ONE = 16L << 20;
    private static final long PATIENCE_SECONDS = 60;

    private final long most;
    private final Deque<Permit> waiting = new ArrayDeque<>();
    /** How many permits each user holds who holds any. */
    private final Map<String, Integer> held = new HashMap<>();

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
        private final String user;
        private final Runnable come;
        private boolean mine;
        private boolean closed;

        private Permit(String user, Runnable come) {
            this.user = user;
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
                held.compute(user, (same, count) -> count == 1 ? null : count - 1);
                next = call();
            }
            next.ifPresent(permit -> permit.come.run());
        }
    }

    /**
     * Grants a free permit to the first in line whose user does not have its share yet, otherwise to the first; the caller
     * must notify it after releasing the lock.
     */
    private Optional<Permit> call() {
        if (under >= most || waiting.isEmpty()) {
            return Optional.empty();
        }
        Permit permit = waiting.stream()
                .filter(each -> 2L * held.getOrDefault(each.user, 0) < most)
                .findFirst()
                .orElseGet(waiting::getFirst);
        waiting.remove(permit);
        permit.mine = true;
        held.merge(permit.user, 1, Integer::sum);
        under++;
        return Optional.of(permit);
    }

    /**
     * Joins the line. The step runs when the permit is granted, at once or later on another thread; it must not block.
     *
     * @param user who writes; empty if security is off
     */
    public Permit take(String user, Runnable come) {
        Permit permit = new Permit(user, come);
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
    public Permit takeNow(String user) {
        return takeIfFree(user).orElseThrow(this::busy);
    }

    /** Returns a stand-in for a permit that the caller holds and keeps: closing the stand-in releases nothing. */
    public Permit lent() {
        Permit permit = new Permit("", () -> {});
        permit.closed = true;
        return permit;
    }

    /** Takes a permit without waiting; empty when none is free. */
    Optional<Permit> takeIfFree(String user) {
        Permit permit = take(user, () -> {});
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
    Permit await(String user) {
        CountDownLatch come = new CountDownLatch(1);
        Permit permit = take(user, come::countDown);
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
