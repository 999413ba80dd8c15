package org.craq.node.replication;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/** How a push goes, for whoever waits for it: whether it is over, and why. Thread-safe. */
final class PushState {
    private static final Logger LOG = System.getLogger(PushState.class.getName());

    private final SuccessorSpace room;
    private final AtomicReference<Runnable> waiter = new AtomicReference<>();
    private volatile boolean over;
    private volatile Optional<CraqException> refusal = Optional.empty();

    PushState(SuccessorSpace room) {
        this.room = room;
    }

    /** Nothing more is sent. */
    boolean over() {
        return over;
    }

    Optional<CraqException> refusal() {
        return refusal;
    }

    /** The successor has taken all. */
    void taken() {
        room.taken();
        end();
    }

    /** The successor takes no more, or can't be reached. */
    void failed(CraqException reason) {
        LOG.log(Level.DEBUG, "a push ended early: {0}", reason.getMessage());
        if (reason.code() == ErrorCode.STORAGE_FULL) {
            refusal = Optional.of(reason);
            room.full(reason);
        }
        end();
    }

    /** Whatever the reason; true the first time. */
    boolean end() {
        boolean first = !over;
        over = true;
        wake();
        return first;
    }

    /** One step may wait; it runs at once if there is nothing to wait for. */
    void await(Runnable step, BooleanSupplier ready) {
        waiter.set(step);
        // Only now: what happened before could not have woken it.
        if (over || ready.getAsBoolean()) {
            wake();
        }
    }

    /** More may be sent. */
    void wake() {
        Runnable step = waiter.getAndSet(null);
        if (step != null) {
            step.run();
        }
    }
}
