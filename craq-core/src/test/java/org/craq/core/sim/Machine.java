package org.craq.core.sim;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.craq.core.chain.NodeId;

/**
 * A computer: its clocks, and one process on it, which may be down, up, or up but standing still. A process is named by an
 * object; what was to happen in one that is over never happens.
 */
final class Machine {
    /** How much faster or slower than true time a clock may run, in thousandths. */
    static final int LARGEST_DRIFT = 30;

    private final World world;
    private final NodeId id;
    private final long clockOffset;
    /** How much faster than others it runs, in thousandths. */
    private final int clockDrift;

    private final Deque<Runnable> held = new ArrayDeque<>();
    private Optional<Object> process = Optional.empty();
    private boolean paused;
    private long wallClockOffset;

    Machine(World world, NodeId id) {
        this.world = world;
        this.id = id;
        // A monotonic clock may begin anywhere and may run over.
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

    /** Lets the process stand still for a while. */
    void pause(long duration) {
        if (process.isEmpty() || paused) {
            return;
        }
        Object now = process.get();
        world.trace().note(id, "stands still for", duration / VirtualTime.MILLI, "ms");
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

    /** Does something in a process when it runs: now, after the pause, or never if it is over. */
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

    /** What its monotonic clock shows. It never steps: a pause is how it seems to jump. */
    long clock() {
        long now = world.time().now();
        return clockOffset + now + now / 1000 * clockDrift;
    }

    /** What its calendar clock shows. */
    long wallClockMillis() {
        return wallClockOffset + world.time().now() / VirtualTime.MILLI;
    }

    /** Somebody sets the calendar clock. */
    void setWallClock(long offsetMillis) {
        wallClockOffset = offsetMillis;
    }
}
