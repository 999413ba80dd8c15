package org.craq.core.sim;

import java.util.List;
import java.util.Optional;
import org.craq.core.chain.Incarnation;
import org.craq.core.chain.NodeId;
import org.craq.core.chain.Seq;
import org.craq.core.replica.EpochTable;
import org.craq.core.replica.LogBase;
import org.craq.core.replica.Restored;

/** A machine with its disk, and the node on it, which may be down, running or paused. */
final class SimNode {
    private static final long REBIRTH_PAUSE = 50 * VirtualTime.MILLI;

    private final World world;
    private final NodeId id;
    private final Machine machine;
    private Disk disk = new Disk();
    private Optional<SimMember> life = Optional.empty();
    private Optional<Step> fatal = Optional.empty();
    private Runnable afterFatal = () -> {};
    private boolean databaseDead;
    private long rebirths;

    SimNode(World world, NodeId id) {
        this.world = world;
        this.id = id;
        this.machine = new Machine(world, id);
    }

    /** Starts the process if it is down. */
    void start() {
        if (life.isEmpty()) {
            begin();
        }
    }

    private void begin() {
        rebirths++;
        world.trace().note(id, "starts with", disk.last(), "in epoch", disk.lastEpoch());
        Incarnation incarnation = new Incarnation(world.chance().uuid());
        // This must come first: nothing that a former incarnation still has in progress may take effect after what is
        // read now.
        disk.claim(incarnation);
        SimMember member = new SimMember(world, this, incarnation, restored());
        life = Optional.of(member);
        machine.begin(member);
        member.run(member::start);
    }

    private Restored restored() {
        if (world.has(Flaw.DROPPED_AT_START)) {
            disk.truncate(disk.restored().commit());
        }
        if (world.has(Flaw.REBASE_SKIPPED)) {
            skipRebase();
        }
        Restored found = disk.restored();
        return world.chance().oneIn(3)
                ? new Restored(found.last(), found.epochs(), Seq.NONE, found.forgotten())
                : found;
    }

    /** Treats what is left on this disk as part of what the head has retained. */
    private void skipRebase() {
        world.database().chain().ifPresent(chain -> {
            Restored head = world.node(chain.head().node()).disk().restored();
            if (head.forgotten().isAfter(disk.last())) {
                List<EpochTable.Start> below = head.epochs().stream()
                        .filter(start -> !start.first().isAfter(head.forgotten()))
                        .toList();
                disk.lieBelow(new LogBase(head.forgotten(), below));
            }
        });
    }

    /** Ends the process at once; content that is not forced is lost. */
    void crash() {
        life.ifPresent(member -> {
            world.trace().note(id, "crashes");
            stop();
            disk.crash();
        });
    }

    private void stop() {
        life.ifPresent(member -> {
            life = Optional.empty();
            machine.end();
            member.end();
        });
    }

    /** The running process starts a new incarnation from what is on disk; until the database answers it has none. */
    void beginAnew() {
        stop();
        rebirth();
    }

    private void rebirth() {
        if (life.isPresent()) {
            return;
        }
        if (databaseAnswers()) {
            begin();
        } else if (!world.has(Flaw.REBIRTH_TRIED_ONCE)) {
            world.history().happened("RebirthPutOff");
            long now = ++rebirths;
            world.time().after(REBIRTH_PAUSE, () -> {
                if (now == rebirths) {
                    rebirth();
                }
            });
        }
    }

    boolean databaseIsDead() {
        return databaseDead;
    }

    private boolean databaseAnswers() {
        boolean fails = world.settings().has(Settings.Fault.DATABASE_ERRORS)
                && world.chance().oneIn(3);
        return !databaseDead && !fails;
    }

    /** Makes the node's database unavailable, or available again. */
    void databaseDead(boolean dead) {
        databaseDead = dead;
    }

    /** Gives the machine an empty disk. To be called while it is down. */
    void loseDisk() {
        world.trace().note(id, "loses its disk");
        world.diskLost(disk.writers());
        disk = new Disk();
    }

    /** Makes the process crash the next time it reaches this step. */
    void crashAt(Step step, Runnable then) {
        fatal = Optional.of(step);
        afterFatal = then;
    }

    void passed(Step step) {
        if (fatal.equals(Optional.of(step))) {
            fatal = Optional.empty();
            world.trace().note(id, "has reached", step);
            crash();
            afterFatal.run();
        }
    }

    /** Cancels such a crash. */
    void spare() {
        fatal = Optional.empty();
    }

    /** Runs an action for an incarnation: now, after the pause, or never if the incarnation has ended. */
    void whenRunning(SimMember member, Runnable action) {
        machine.whenRunning(member, action);
    }

    boolean runs(SimMember member) {
        return machine.runs(member);
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

    Machine machine() {
        return machine;
    }
}
