package org.craq.core.sim;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.craq.core.chain.Chain;
import org.craq.core.chain.Incarnation;
import org.craq.core.chain.NodeId;
import org.craq.core.replica.Effect;
import org.craq.core.replica.Replica;
import org.craq.core.replica.Restored;

/**
 * One life of a node: a replica with a model of the driver that feeds it and performs its effects. Everything it does goes
 * through {@link #run}, which does nothing once this life is over.
 */
final class SimMember {
    private static final long HEARTBEAT = 50 * VirtualTime.MILLI;

    private final World world;
    private final SimNode node;
    private final Incarnation incarnation;
    private final Replica replica;
    private final DiskWriter writer;
    private final Neighbours neighbours;
    private final Requests requests;
    private final MarkWatch marks;
    private final EffectHandlers handlers = new EffectHandlers();

    SimMember(World world, SimNode node, Incarnation incarnation, Restored restored) {
        this.world = world;
        this.node = node;
        this.incarnation = incarnation;
        this.replica = new Replica(node.id(), World.CHAIN, incarnation, restored);
        this.writer = new DiskWriter(world, this, node.disk());
        this.neighbours = new Neighbours(world, this);
        this.requests = new Requests(world, this, node.disk());
        this.marks = new MarkWatch(node.id(), replica);
        writer.register(handlers);
        neighbours.register(handlers);
        requests.register(handlers);
        handlers.on(Effect.Expelled.class, expelled -> node.beginAnew());
    }

    void start() {
        register();
        heartbeat();
    }

    /** Lets something happen here, when the process gets to it, and then everything that follows from it. */
    void run(Runnable action) {
        node.whenRunning(this, () -> {
            action.run();
            List<Effect> effects = replica.drain();
            while (!effects.isEmpty()) {
                for (Effect effect : effects) {
                    world.trace().note(node.id(), effect);
                    world.history().happened(effect.getClass().getSimpleName());
                    handlers.perform(effect);
                }
                effects = replica.drain();
            }
            marks.check();
            world.invariants().check();
        });
    }

    void after(long delay, Runnable action) {
        world.time().after(delay, () -> run(action));
    }

    private void register() {
        toManager(manager -> manager.register(node.id(), incarnation));
    }

    private void heartbeat() {
        long sent = now();
        toManager(manager -> manager.heartbeat(node.id(), incarnation, replica.report(), sent));
        after(HEARTBEAT, this::heartbeat);
    }

    /** Gives the lease up and tells the manager, before a stop. */
    void leave() {
        replica.leaseGivenUp();
        toManager(manager -> manager.leaving(node.id(), incarnation));
    }

    private void toManager(Consumer<SimManager> message) {
        world.network().send(node.id(), World.MANAGER, () -> message.accept(world.manager()));
    }

    /** The manager's answer to a heartbeat: the chain, and the lease unless it grants none. */
    void heartbeatAnswered(Optional<Chain> chain, boolean granted, long sent) {
        run(() -> {
            chain.ifPresent(replica::configured);
            if (granted) {
                replica.leased(leaseUntil(sent));
            }
        });
    }

    private long leaseUntil(long sent) {
        if (world.has(Flaw.LEASE_NEVER_ENDS)) {
            return now() + 3_600_000 * VirtualTime.MILLI;
        }
        return (world.has(Flaw.LEASE_COUNTED_FROM_ANSWER) ? now() : sent) + SimManager.LEASE_MILLIS * VirtualTime.MILLI;
    }

    /** The manager does not know this life. */
    void unknownToManager() {
        run(this::register);
    }

    /** The manager has removed this life, perhaps before it heard of its place. */
    void removedByManager(Chain chain) {
        run(() -> {
            boolean acted = replica.chain().isPresent();
            replica.configured(chain);
            if (!acted) {
                node.beginAnew();
            }
        });
    }

    /** This life ends: what is under way on the disk lands or does not, neighbours lose their streams. */
    void end() {
        writer.end();
        neighbours.end();
        requests.end();
    }

    /** The machine's monotonic clock. */
    long now() {
        return node.clock();
    }

    boolean serves() {
        return replica.serves(now());
    }

    NodeId node() {
        return node.id();
    }

    Incarnation incarnation() {
        return incarnation;
    }

    Replica replica() {
        return replica;
    }

    Neighbours neighbours() {
        return neighbours;
    }

    Requests requests() {
        return requests;
    }

    EffectHandlers handlers() {
        return handlers;
    }
}
