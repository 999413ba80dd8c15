package org.craq.core.sim;

import java.util.NavigableMap;
import java.util.TreeMap;
import org.craq.core.chain.NodeId;

/**
 * Changes the rights of users now and then, at a manager that leads, and remembers when each change was answered. Fails
 * when a request begins by rights that lack a change which was answered more than one lease before.
 */
final class RightsBook {
    private static final long LEASE = Administration.LEASE.plusMillis(20).toNanos();

    private final World world;
    /** Versions by the time at which they were answered. */
    private final NavigableMap<Long, Long> answered = new TreeMap<>();

    RightsBook(World world) {
        this.world = world;
    }

    void start() {
        world.time().after(world.chance().between(10 * VirtualTime.MILLI, 300 * VirtualTime.MILLI), () -> {
            if (world.troubled()) {
                change();
                start();
            }
        });
    }

    /** Asks every manager, as an administrator's client would until one of them answers. */
    private void change() {
        for (SimManager manager : world.managers()) {
            world.network()
                    .send(
                            World.CLIENTS,
                            manager.id(),
                            () -> manager.receive(office -> office.changeRights(this::answered)));
        }
    }

    /** Counts from the manager's answer, which leaves before the administrator has it. */
    private void answered(long version) {
        world.history().happened("RightsChanged");
        answered.merge(world.time().now(), version, Math::max);
    }

    /** A request begins at a node by the rights of this version. */
    void used(NodeId node, long version) {
        long due = answered.headMap(world.time().now() - LEASE, true).values().stream()
                .mapToLong(Long::longValue)
                .max()
                .orElse(0);
        if (version < due) {
            throw new Violation("a request begins at " + node + " by rights of version " + version + ", but version "
                    + due + " was answered more than one lease ago");
        }
    }
}
