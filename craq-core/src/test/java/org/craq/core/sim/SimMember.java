package org.craq.core.sim;

import java.util.List;
import java.util.Optional;
import org.craq.core.chain.Chain;
import org.craq.core.chain.Incarnation;
import org.craq.core.chain.NodeId;
import org.craq.core.membership.RightsLease;
import org.craq.core.replica.Effect;
import org.craq.core.replica.Replica;
import org.craq.core.replica.Restored;

/**
 * One incarnation of a node: a replica with a model of the driver that feeds it and performs its effects. Everything it
 * does goes through {@link #run}, which does nothing once this incarnation has ended.
 */
final class SimMember {
    private final World world;
    private final SimNode node;
    private final Incarnation incarnation;
    private final Replica replica;
    private final DiskWriter writer;
    private final Neighbours neighbours;
    private final Requests requests;
    private final Lookups lookups;
    private final Contents contents;
    private final Heartbeats heartbeats;
    private final Retention retention;
    private final MarkWatch watch;
    private final FlawedEffects flaws;
    private final FlawedMarks marks;
    private final EffectHandlers handlers = new EffectHandlers();
    private final RightsLease rights = new RightsLease(0);

    SimMember(World world, SimNode node, Incarnation incarnation, Restored restored) {
        this.world = world;
        this.node = node;
        this.incarnation = incarnation;
        this.replica = new Replica(node.id(), World.CHAIN, incarnation, restored);
        this.writer = new DiskWriter(world, this, node.disk());
        this.neighbours = new Neighbours(world, this);
        this.requests = new Requests(world, this, node.disk());
        this.lookups = new Lookups(world, this, node.disk());
        this.contents = new Contents(world, this, node.disk());
        this.heartbeats = new Heartbeats(world, this);
        this.retention = new Retention(world, this, node.disk());
        this.watch = new MarkWatch(node.id(), replica);
        this.flaws = new FlawedEffects(world, replica);
        this.marks = new FlawedMarks(world, replica);
        writer.register(handlers);
        neighbours.register(handlers);
        requests.register(handlers);
        lookups.register(handlers);
        handlers.on(Effect.Forget.class, retention::forget)
                .on(Effect.Committed.class, this::committed)
                .on(Effect.NeighbourAtFault.class, this::neighbourAtFault)
                .on(Effect.Expelled.class, expelled -> node.beginAnew());
    }

    void start() {
        heartbeats.start();
        retention.start();
    }

    /** Runs an action when the process gets to it, and then performs all effects that follow. */
    void run(Runnable action) {
        node.whenRunning(this, () -> {
            action.run();
            List<Effect> effects = replica.drain();
            while (!effects.isEmpty() && isAlive()) {
                for (Effect effect : effects) {
                    if (isAlive()) {
                        perform(flaws.falsified(effect));
                    }
                }
                effects = replica.drain();
            }
            if (isAlive()) {
                watch.check();
            }
            world.invariants().check();
        });
    }

    private boolean isAlive() {
        return node.runs(this);
    }

    private void perform(Effect effect) {
        world.trace().note(node.id(), effect);
        world.history().happened(effect.getClass().getSimpleName());
        handlers.perform(effect);
    }

    private void committed(Effect.Committed committed) {
        world.commits().committed(committed.mark(), node.disk());
        writer.saveMark(committed);
        retention.committed(committed.mark());
    }

    /** Fails unless this run contains wrong messages: correct members must never find each other at fault. */
    private void neighbourAtFault(Effect.NeighbourAtFault fault) {
        if (!world.lies()) {
            throw new Violation(node() + " reports: " + fault.reason());
        }
    }

    /** Marks a step at which the process may be made to crash. */
    void passed(Step step) {
        node.passed(step);
    }

    void after(long delay, Runnable action) {
        world.time().after(delay, () -> run(action));
    }

    /** Releases the lease and notifies the manager, before a stop. */
    void leave() {
        replica.leaseGivenUp();
        heartbeats.farewell();
    }

    /**
     * Handles a manager's answer: the chain, and a lease unless none was granted.
     *
     * @return true if the rights of users must be fetched before the lease may be used
     */
    boolean told(Optional<Chain> chain, boolean granted, long sent, long version) {
        chain.filter(next -> !world.has(Flaw.MEMORY_KEPT_WHEN_REMOVED) || next.has(node(), incarnation))
                .ifPresent(replica::configured);
        if (!granted) {
            return false;
        }
        long required = world.has(Flaw.LEASE_TAKEN_BEFORE_RIGHTS) ? 0 : version;
        rights.granted(required, leaseUntil(sent)).ifPresent(replica::leased);
        return version > rights.known();
    }

    /** Handles a manager's answer with the rights of users. */
    void rightsFetched(long version) {
        world.history().happened("RightsFetched");
        rights.fetched(version).ifPresent(replica::leased);
    }

    /** Returns true if a request may begin by the rights that are known here, and then records that it does. */
    boolean admits() {
        if (!rights.current(now()) && !world.has(Flaw.REQUEST_BEGUN_WITHOUT_LEASE)) {
            return false;
        }
        world.rights().used(node(), rights.known());
        return true;
    }

    private long leaseUntil(long sent) {
        if (world.has(Flaw.LEASE_NEVER_ENDS)) {
            return now() + 3_600_000 * VirtualTime.MILLI;
        }
        return (world.has(Flaw.LEASE_COUNTED_FROM_ANSWER) ? now() : sent) + Administration.LEASE.toNanos();
    }

    /** The chain continues without this incarnation, which may never have learned of its place. */
    void fenced() {
        if (!world.has(Flaw.MEMORY_KEPT_WHEN_REMOVED)) {
            node.beginAnew();
        }
    }

    /**
     * Ends this incarnation: disk operations in progress may or may not take effect, and neighbours lose their streams.
     */
    void end() {
        writer.end();
        neighbours.end();
        requests.end();
        lookups.end();
    }

    boolean databaseIsDead() {
        return node.databaseIsDead();
    }

    /** Returns the time of the machine's monotonic clock. */
    long now() {
        return node.machine().clock();
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

    Lookups lookups() {
        return lookups;
    }

    DiskWriter writer() {
        return writer;
    }

    Contents contents() {
        return contents;
    }

    Retention retention() {
        return retention;
    }

    FlawedMarks marks() {
        return marks;
    }

    Disk disk() {
        return node.disk();
    }

    long wallClockMillis() {
        return node.machine().wallClockMillis();
    }

    EffectHandlers handlers() {
        return handlers;
    }
}
