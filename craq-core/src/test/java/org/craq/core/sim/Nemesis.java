package org.craq.core.sim;

import java.util.List;
import org.craq.core.chain.NodeId;

/** Injects the faults that the settings name, at random moments, until it is stopped; then repairs everything. */
final class Nemesis {
    private final World world;
    private final Chance chance;
    private final List<Settings.Fault> faults;
    private boolean stopped;

    Nemesis(World world) {
        this.world = world;
        this.chance = world.chance();
        this.faults = world.settings().faults().stream().sorted().toList();
    }

    void start() {
        if (!faults.isEmpty()) {
            next();
        }
    }

    private void next() {
        world.time().after(chance.between(20 * VirtualTime.MILLI, 500 * VirtualTime.MILLI), () -> {
            if (!stopped) {
                strike(chance.any(faults), chance.any(world.nodes()));
                next();
            }
        });
    }

    private void strike(Settings.Fault fault, SimNode node) {
        switch (fault) {
            case STREAM_LOSS ->
                node.life().ifPresent(life -> life.run(() -> life.neighbours().breakOne()));
            case CRASH -> crash(node, world.settings().retains() ? 1500 : 600);
            case CRASH_AT_STEP ->
                node.crashAt(chance.any(List.of(Step.values())), () -> world.time()
                        .after(chance.between(0, 600) * VirtualTime.MILLI, node::start));
            case CRASH_OF_ALL -> {
                if (chance.oneIn(3)) {
                    world.nodes().forEach(each -> crash(each, 900));
                }
            }
            case DISK_LOSS -> loseDisk(node);
            case PAUSE -> node.machine().pause(pause());
            case WALL_CLOCK_STEP -> node.machine().setWallClock(chance.between(-clockError(), clockError()));
            case NEIGHBOUR_CUT -> cut(node.id(), chance.any(world.nodes()).id());
            case MANAGER_CUT -> cut(node.id(), chance.any(world.managers()).id());
            case LEAVE -> leave(node);
            case MANAGER_CRASH -> crash(chance.any(world.managers()));
            case MANAGER_PAUSE -> chance.any(world.managers()).pause(pause());
            case DATABASE_CUT -> cut(chance.any(world.managers()).id(), World.DATABASE);
            case DATABASE_ERRORS -> {
                node.databaseDead(true);
                world.time().after(chance.between(50, 600) * VirtualTime.MILLI, () -> node.databaseDead(false));
            }
            case DATABASE_LATE -> {
                // DatabaseLine injects this throughout the run.
            }
        }
    }

    /** Returns the maximum error of a wall clock; only the age of write ids depends on it. */
    private long clockError() {
        return world.settings().retains() ? Retention.CLOCKS_DIFFER_MILLIS : 1_000_000;
    }

    /** Loses a disk, but only if another complete member still has everything: data on no disk cannot survive. */
    private void loseDisk(SimNode node) {
        boolean spared = world.database()
                .chain()
                .filter(chain -> chain.members().stream()
                        .anyMatch(member -> !member.node().equals(node.id())
                                && member.complete()
                                && !world.isDiskLost(member.incarnation())))
                .isPresent();
        if (spared) {
            node.crash();
            node.loseDisk();
            world.time().after(chance.between(0, 600) * VirtualTime.MILLI, node::start);
        }
    }

    private void crash(SimManager manager) {
        manager.crash();
        world.time().after(chance.between(0, 400) * VirtualTime.MILLI, manager::start);
    }

    /** Returns a pause shorter or longer than the lease. */
    private long pause() {
        return (chance.oneIn(2) ? chance.between(1, 100) : chance.between(150, 900)) * VirtualTime.MILLI;
    }

    private void crash(SimNode node, int longestMillis) {
        node.crash();
        world.time().after(chance.between(0, longestMillis) * VirtualTime.MILLI, node::start);
    }

    private void leave(SimNode node) {
        node.life().ifPresent(life -> life.run(life::leave));
        world.time().after(chance.between(0, 100) * VirtualTime.MILLI, () -> crash(node, 300));
    }

    /** Cuts the connection in one or both directions. */
    private void cut(NodeId from, NodeId to) {
        if (from.equals(to)) {
            return;
        }
        world.trace().note("cut between", from, to);
        if (!chance.oneIn(3)) {
            world.network().cut(from, to);
        }
        if (!chance.oneIn(3)) {
            world.network().cut(to, from);
        }
        world.time().after(chance.between(20, 600) * VirtualTime.MILLI, world.network()::heal);
    }

    boolean isStopped() {
        return stopped;
    }

    void stop() {
        stopped = true;
        world.network().heal();
        world.nodes().forEach(SimNode::spare);
        world.nodes().forEach(node -> node.databaseDead(false));
        world.start();
    }
}
