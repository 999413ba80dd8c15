package org.craq.core.sim;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongConsumer;
import org.craq.core.chain.Chain;
import org.craq.core.chain.Incarnation;
import org.craq.core.chain.NodeId;
import org.craq.core.chain.ReplicaReport;
import org.craq.core.leadership.Election;
import org.craq.core.leadership.LeaseTimes;
import org.craq.core.leadership.ManagerIdentity;
import org.craq.core.membership.Registration;

/**
 * One incarnation of a manager: the real {@link Election}, and a model of its driver. Each round, one at a time, takes
 * part in the election and, while this manager leads, writes the next change of the chain to the database.
 */
final class Office {
    private static final long ROUND = 15 * VirtualTime.MILLI;
    private static final LeaseTimes TIMES = LeaseTimes.of(Duration.ofMillis(120));

    private final World world;
    private final Machine machine;
    private final NodeId id;
    private final Election election;
    private final DatabaseLine database;
    private final Administration administration;
    private Optional<UUID> begun = Optional.empty();
    private boolean busy;

    Office(World world, Machine machine, NodeId id) {
        this.world = world;
        this.machine = machine;
        this.id = id;
        this.election = new Election(new ManagerIdentity(id.value(), id + ":9005", "http://" + id), TIMES);
        this.database = new DatabaseLine(world, this);
        this.administration = new Administration(world, this::now);
    }

    void start() {
        round();
    }

    void run(Runnable action) {
        machine.whenRunning(this, () -> {
            action.run();
            world.invariants().check();
        });
    }

    void after(long delay, Runnable action) {
        world.time().after(delay, () -> run(action));
    }

    void standStill(long duration) {
        machine.pause(duration);
    }

    /** Returns true while this manager may act. */
    boolean leads() {
        return election.leads(now());
    }

    NodeId id() {
        return id;
    }

    private long now() {
        return machine.clock();
    }

    // ---- rounds ----

    private void round() {
        after(ROUND, this::round);
        if (busy) {
            return;
        }
        busy = true;
        if (election.mustLook()) {
            database.call(
                    world.database()::lease,
                    row -> {
                        election.looked(row, sight());
                        compete();
                    },
                    this::lost);
        } else {
            compete();
        }
    }

    private long sight() {
        return world.has(Flaw.TAKEOVER_TOO_EARLY) ? now() - TIMES.right().toNanos() : now();
    }

    private void compete() {
        Optional<Election.Attempt> next = election.next(now(), world.chance().uuid(), Instant.EPOCH);
        if (next.isEmpty()) {
            keep();
            return;
        }
        Election.Attempt attempt = next.get();
        long began = now();
        database.call(
                () -> world.database().replace(attempt.expected().beat(), attempt.next()),
                replaced -> {
                    if (replaced) {
                        election.succeeded(attempt, began);
                    } else {
                        election.refused();
                    }
                    keep();
                },
                this::lost);
    }

    private void lost() {
        election.failed();
        busy = false;
    }

    private void keep() {
        Optional<UUID> term = election.term();
        if (!term.equals(begun)) {
            administration.end();
            begun = Optional.empty();
        }
        if (term.isEmpty() || !leads()) {
            busy = false;
        } else if (begun.isEmpty()) {
            database.call(
                    world.database()::contents,
                    contents -> {
                        administration.begin(contents);
                        begun = term;
                        change(term.get());
                    },
                    this::done);
        } else {
            change(term.get());
        }
    }

    private void change(UUID term) {
        Optional<Chain> next = leads() ? administration.propose() : Optional.empty();
        if (next.isEmpty()) {
            done();
            return;
        }
        database.change(
                () -> world.database().replace(term, next.get()),
                recorded -> {
                    if (recorded) {
                        administration.adopt(next);
                        done();
                    } else {
                        // Otherwise an earlier attempt has succeeded after all, or another manager leads.
                        database.call(
                                world.database()::chain,
                                found -> {
                                    administration.adopt(found);
                                    done();
                                },
                                this::done);
                    }
                },
                this::done);
    }

    private void done() {
        busy = false;
    }

    // ---- messages from nodes ----

    /** Registers a node. A caller that no longer waits must not be taken for alive. */
    void register(NodeId node, Incarnation incarnation, ReplicaReport report, long waitsUntil, Heartbeats.Reply reply) {
        if (!ready() || world.time().now() > waitsUntil) {
            reply.refused();
        } else if (administration.isRetired(node, incarnation)) {
            reply.fenced();
        } else {
            String address = node + ":8001";
            Registration registration =
                    new Registration(node, incarnation, address, "http://" + address, Instant.EPOCH, false);
            UUID term = election.term().orElseThrow();
            database.call(
                    () -> world.database().register(term, registration),
                    registered -> {
                        if (!registered || !ready() || world.time().now() > waitsUntil) {
                            reply.refused();
                        } else if (administration.isRetired(node, incarnation)) {
                            reply.fenced();
                        } else {
                            administration.registered(registration, report, reply);
                        }
                    },
                    reply::refused);
        }
    }

    void heartbeat(
            NodeId node, Incarnation incarnation, ReplicaReport report, boolean leaving, Heartbeats.Reply reply) {
        if (ready()) {
            administration.heartbeat(node, incarnation, report, leaving, reply);
        } else {
            reply.refused();
        }
    }

    /** Changes the rights of users. Answers with the new version; not at all if it is unknown whether it was recorded. */
    void changeRights(LongConsumer reply) {
        if (!ready()) {
            return;
        }
        UUID term = election.term().orElseThrow();
        database.patientChange(
                () -> world.database().changeRights(term),
                version -> {
                    if (version > 0) {
                        administration.rightsChanged(version);
                        reply.accept(version);
                    }
                },
                () -> {});
    }

    /** Answers with the version of the rights that this manager knows; not at all if it does not lead. */
    void rights(LongConsumer reply) {
        if (ready()) {
            reply.accept(administration.rights());
        }
    }

    private boolean ready() {
        return leads() && administration.ready();
    }
}
