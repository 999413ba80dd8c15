package org.craq.node.replication;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/** The state of a push: whether it is over, whether it was refused, and the step that waits for it. Thread-safe. */
final class PushState {
    private static final Logger LOG = System.getLogger(PushState.class.getName());

    private final SuccessorSpace room;
    private final AtomicReference<Runnable> waiter = new AtomicReference<>();
    private volatile boolean over;
    private volatile Optional<CraqException> refusal = Optional.empty();

    PushState(SuccessorSpace room) {
        this.room = room;
    }

    /** Returns true once nothing more is to be sent. */
    boolean over() {
        return over;
    }

    Optional<CraqException> refusal() {
        return refusal;
    }

    /** Called when the successor has accepted the whole content. */
    void taken() {
        room.taken();
        end();
    }

    /** Called when the successor refused the push or can't be reached. */
    void failed(CraqException reason) {
        LOG.log(Level.DEBUG, "a push ended early: {0}", reason.getMessage());
        if (reason.code() == ErrorCode.STORAGE_FULL) {
            refusal = Optional.of(reason);
            room.full(reason);
        }
        end();
    }

    /** Ends the push, for whatever reason. Returns true if it was not over yet. */
    boolean end() {
        boolean first = !over;
        over = true;
        wake();
        return first;
    }

    /** Runs the step at once if the push is ready or over, else on the next {@link #wake}. Only one step may be waiting. */
    void await(Runnable step, BooleanSupplier ready) {
        waiter.set(step);
        // Checked after the step is set: an earlier change could not have woken it.
        if (over || ready.getAsBoolean()) {
            wake();
        }
    }

    /** Runs the waiting step, if there is one. */
    void wake() {
        Runnable step = waiter.getAndSet(null);
        if (step != null) {
            step.run();
        }
    }
}
