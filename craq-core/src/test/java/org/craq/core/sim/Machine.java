package org.craq.core.sim;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.craq.core.chain.NodeId;

/**
 * A computer with its clocks and one process, which may be down, running or paused. A process is identified by an
 * object; actions for a process that has ended are never run.
 */
final class Machine {
    /** Maximum deviation of a clock's rate, in thousandths. */
    static final int LARGEST_DRIFT = 30;

    private final World world;
    private final NodeId id;
    private final long clockOffset;
    /** Deviation of this machine's clock rate, in thousandths. */
    private final int clockDrift;

    private final Deque<Runnable> held = new ArrayDeque<>();
    private Optional<Object> process = Optional.empty();
    private boolean paused;
    private long wallClockOffset;

    Machine(World world, NodeId id) {
        this.world = world;
        this.id = id;
        // A monotonic clock may start anywhere and may overflow.
        this.clockOffset = world.chance().oneIn(4)
                ? Long.MAX_VALUE - world.chance().between(0, 2000 * VirtualTime.MILLI)
                : world.chance().number();
        this.clockDrift = world.chance().between(-LARGEST_DRIFT, LARGEST_DRIFT);
    }

    void begin(Object started) {
        process = Optional.of(started);
    }

    /** Ends the process at once. */
    void end() {
        process = Optional.empty();
        paused = false;
        held.clear();
    }

    boolean runs(Object asked) {
        return process.filter(now -> now == asked).isPresent();
    }

    /** Pauses the process for a while. */
    void pause(long duration) {
        if (process.isEmpty() || paused) {
            return;
        }
        Object now = process.get();
        world.trace().note(id, "is paused for", duration / VirtualTime.MILLI, "ms");
        paused = true;
        world.time().after(duration, () -> {
            if (runs(now)) {
                resume();
            }
        });
    }

    private void resume() {
        paused = false;
        for (int waiting = held.size(); waiting > 0 && !held.isEmpty(); waiting--) {
            held.remove().run();
        }
    }

    /** Runs an action in a process: now, after its pause, or never if the process has ended. */
    void whenRunning(Object asked, Runnable action) {
        if (!runs(asked)) {
            return;
        }
        if (paused) {
            held.add(() -> whenRunning(asked, action));
        } else {
            action.run();
        }
    }

    /** Returns the time of the monotonic clock. It never jumps itself; a pause makes it appear to. */
    long clock() {
        long now = world.time().now();
        return clockOffset + now + now / 1000 * clockDrift;
    }

    /** Returns the time of the wall clock. */
    long wallClockMillis() {
        return wallClockOffset + world.time().now() / VirtualTime.MILLI;
    }

    /** Sets the wall clock. */
    void setWallClock(long offsetMillis) {
        wallClockOffset = offsetMillis;
    }
}
