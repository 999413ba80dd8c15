package org.craq.core.sim;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.craq.core.chain.Incarnation;
import org.craq.core.chain.NodeId;
import org.craq.core.chain.Seq;
import org.craq.core.replica.Restored;

/** A machine: its disk, its clock, and the process on it, which may be down, up, or up but standing still. */
final class SimNode {
    private static final int LARGEST_DRIFT = 30;

    private final World world;
    private final NodeId id;
    private final Disk disk = new Disk();
    private final long clockOffset;
    /** How much faster than others it runs, in thousandths. */
    private final int clockDrift;

    private final Deque<Runnable> held = new ArrayDeque<>();
    private Optional<SimMember> life = Optional.empty();
    private boolean paused;

    SimNode(World world, NodeId id) {
        this.world = world;
        this.id = id;
        // A monotonic clock may begin anywhere and may run over.
        this.clockOffset = world.chance().oneIn(4)
                ? Long.MAX_VALUE - world.chance().between(0, 2000 * VirtualTime.MILLI)
                : world.chance().number();
        this.clockDrift = world.chance().between(-LARGEST_DRIFT, LARGEST_DRIFT);
    }

    /** Starts the process if it is down. */
    void start() {
        if (life.isEmpty()) {
            world.trace().note(id, "starts with", disk.last(), "in epoch", disk.lastEpoch());
            SimMember member =
                    new SimMember(world, this, new Incarnation(world.chance().uuid()), restored());
            life = Optional.of(member);
            member.run(member::start);
        }
    }

    private Restored restored() {
        if (world.has(Flaw.DROPPED_AT_START)) {
            disk.truncate(disk.restored().commit());
        }
        Restored found = disk.restored();
        return world.chance().oneIn(3) ? new Restored(found.last(), found.epochs(), Seq.NONE) : found;
    }

    /** Ends the process at once. */
    void crash() {
        life.ifPresent(member -> {
            world.trace().note(id, "crashes");
            life = Optional.empty();
            paused = false;
            held.clear();
            member.end();
        });
    }

    /** The running process begins a new life, from what is on disk. */
    void beginAnew() {
        crash();
        start();
    }

    /** Lets the process stand still for a while. */
    void pause(long duration) {
        if (life.isEmpty() || paused) {
            return;
        }
        SimMember member = life.get();
        world.trace().note(id, "stands still for", duration / VirtualTime.MILLI, "ms");
        paused = true;
        world.time().after(duration, () -> {
            if (life.filter(now -> now == member).isPresent()) {
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

    /** Does something for a life when its process runs: now, after the pause, or never if that life is over. */
    void whenRunning(SimMember member, Runnable action) {
        if (life.filter(now -> now == member).isEmpty()) {
            return;
        }
        if (paused) {
            held.add(() -> whenRunning(member, action));
        } else {
            action.run();
        }
    }

    Optional<SimMember> life() {
        return life;
    }

    NodeId id() {
        return id;
    }

    Disk disk() {
        return disk;
    }

    /** What its monotonic clock shows. */
    long clock() {
        long now = world.time().now();
        return clockOffset + now + now / 1000 * clockDrift;
    }
}
