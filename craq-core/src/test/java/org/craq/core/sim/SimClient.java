package org.craq.core.sim;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.craq.core.chain.NodeId;
import org.craq.core.file.Content;
import org.craq.core.file.ContentId;
import org.craq.core.file.FileName;
import org.craq.core.file.Version;
import org.craq.core.replica.Condition;
import org.craq.core.replica.Entry;
import org.craq.core.replica.Fingerprint;
import org.craq.core.replica.Freshness;
import org.craq.core.replica.Operation;
import org.craq.core.replica.ReadOutcome;
import org.craq.core.replica.Write;
import org.craq.core.replica.WriteId;
import org.craq.core.replica.WriteOutcome;

/**
 * One client, which performs one operation after another: reads and listings at any node, with any freshness and often
 * as a session; puts, deletes and conditional writes at the head. A write of unknown outcome is repeated with the same
 * write id, or abandoned. Occasionally the client breaks the rules and uses the id of its last write for a different
 * one.
 */
final class SimClient {
    private static final long END_OF_TIME = Long.MAX_VALUE;
    /** One write in this many is followed by a different one with the same id. */
    private static final int REUSES = 16;

    private static final long REUSED_AFTER = 10 * VirtualTime.MILLI;

    private final World world;
    private final Chance chance;
    private final Map<FileName, Version> lastSeen = new HashMap<>();
    private final Session session = new Session();
    private boolean stopped;
    private boolean idle;
    /** Counts attempts; replies to former ones are ignored. */
    private long attempt;
    /** True if an attempt of the current write may have succeeded without a reply. */
    private boolean doubtful;
    /** When the write id of the current write was first used. */
    private long idSince;

    SimClient(World world) {
        this.world = world;
        this.chance = world.chance();
    }

    void start() {
        think();
    }

    /** Finishes the current operation and starts no more. */
    void stop() {
        stopped = true;
    }

    boolean idle() {
        return idle;
    }

    private void think() {
        attempt++;
        if (stopped) {
            idle = true;
            return;
        }
        world.time().after(chance.delay(1, 60 * VirtualTime.MILLI), () -> {
            if (chance.percent(55)) {
                look();
            } else {
                idSince = world.time().now();
                begin(newWrite());
            }
        });
    }

    private void begin(Write write) {
        doubtful = false;
        write(write, world.time().now());
    }

    // ---- reads ----

    private void look() {
        long mine = ++attempt;
        long start = world.time().now();
        SimNode node = chance.any(world.nodes());
        List<FileName> names = chance.oneIn(5) ? world.names() : List.of(chance.any(world.names()));
        Ask ask = new Ask(names, names.size() > 1, freshness(), chance.oneIn(2) ? session.seen() : Optional.empty());
        to(node, life -> life.lookups().read(ask, reply -> looked(mine, start, ask, reply)));
        deadline(mine, this::think);
    }

    /** Draws a freshness, mostly strong. */
    private Freshness freshness() {
        OptionalLong age = OptionalLong.of(chance.delay(0, 300 * VirtualTime.MILLI));
        OptionalLong lag = OptionalLong.of(chance.between(0, 2));
        return switch (chance.between(0, 11)) {
            case 0, 1 -> new Freshness.Bounded(age, OptionalLong.empty());
            case 2 -> new Freshness.Bounded(OptionalLong.empty(), lag);
            case 3 -> new Freshness.Bounded(age, lag);
            case 4 -> new Freshness.Eventual();
            case 5 -> new Freshness.Uncommitted();
            default -> new Freshness.Strong();
        };
    }

    private void looked(long mine, long start, Ask ask, ReadReply reply) {
        if (mine != attempt) {
            return;
        }
        if (reply instanceof ReadReply.Found found) {
            world.trace().note("client reads", found);
            session.answered(ask.atLeast(), found.at());
            if (found.at().level() == ReadOutcome.Level.STRONG) {
                saw(start, ask, found);
            } else {
                glimpsed(ask, found);
            }
        } else if (reply instanceof ReadReply.Refused refused) {
            Session.refused(ask.atLeast(), refused.reason());
            world.history().happened(refused.reason().name());
        }
        think();
    }

    private void saw(long start, Ask ask, ReadReply.Found found) {
        Map<FileName, Optional<History.Seen>> files = new HashMap<>();
        ask.names().forEach(name -> files.put(name, seen(name, found)));
        files.forEach((name, seen) -> seen.ifPresent(there -> lastSeen.put(name, there.version())));
        world.history().add(new History.Look(start, world.time().now(), files));
    }

    private void glimpsed(Ask ask, ReadReply.Found found) {
        Map<FileName, Optional<Entry>> files = new HashMap<>();
        ask.names()
                .forEach(name ->
                        files.put(name, Optional.ofNullable(found.newest().get(name))));
        world.history().add(new History.Glimpse(ask.atLeast(), found.at(), files));
    }

    private static Optional<History.Seen> seen(FileName name, ReadReply.Found found) {
        Entry entry = found.newest().get(name);
        return Optional.ofNullable(entry)
                .flatMap(there -> there.on(name))
                .filter(Operation.Put.class::isInstance)
                .map(put -> new History.Seen(entry.version(), (Operation.Put) put));
    }

    // ---- writes ----

    private Write newWrite() {
        WriteId id = new WriteId(chance.uuid());
        FileName name = chance.any(world.names());
        List<Operation> operations = new ArrayList<>();
        operations.add(chance.oneIn(5) ? new Operation.Delete(name, id) : put(name, id));
        if (chance.oneIn(6)) {
            world.names().stream()
                    .filter(other -> !other.equals(name))
                    .findFirst()
                    .ifPresent(other -> operations.add(put(other, id)));
        }
        return new Write(
                id,
                operations,
                conditions(name),
                0,
                chance.oneIn(4) ? Optional.empty() : session.seen(),
                Optional.of(new Fingerprint(chance.uuid().getMostSignificantBits())));
    }

    /** Creates a different write with an id that has already been used. */
    private Write reuse(WriteId id) {
        FileName name = chance.any(world.names());
        return new Write(id, List.of(put(name, id)), conditions(name), 0)
                .of(new Fingerprint(chance.uuid().getMostSignificantBits()));
    }

    private Operation put(FileName name, WriteId id) {
        Content content = new Content(new ContentId(chance.uuid()), Content.MIN_CHUNK_SIZE, 1, 0);
        return new Operation.Put(name, id, content, "text/plain", Map.of());
    }

    private List<Condition> conditions(FileName name) {
        return switch (chance.between(0, 8)) {
            case 0 -> List.of(new Condition.IsAbsent(name));
            case 1 -> List.of(new Condition.Exists(name));
            case 2 -> ofLastSeen(name, version -> new Condition.IsVersion(name, version));
            case 3 -> ofLastSeen(name, version -> new Condition.IsOneOf(name, Set.of(version)));
            default -> List.of();
        };
    }

    private List<Condition> ofLastSeen(FileName name, Function<Version, Condition> condition) {
        return lastSeen.containsKey(name) ? List.of(condition.apply(lastSeen.get(name))) : List.of();
    }

    private void write(Write write, long start) {
        long mine = ++attempt;
        long sent = world.time().now();
        to(head(), life -> life.requests().write(write, outcome -> {
            if (mine == attempt) {
                ended(write, start, sent, outcome);
            }
        }));
        deadline(mine, () -> unknown(write, start));
    }

    /** Returns mostly the current head, and occasionally another node, as a client with an outdated view would. */
    private SimNode head() {
        Optional<NodeId> head =
                world.database().chain().map(chain -> chain.head().node());
        return head.isEmpty() || chance.oneIn(15) ? chance.any(world.nodes()) : world.node(head.get());
    }

    private void ended(Write write, long start, long sent, WriteOutcome outcome) {
        world.trace().note("client's write", write.id(), "ends:", outcome);
        world.history().happened(outcome.getClass().getSimpleName());
        if (outcome instanceof WriteOutcome.Written written) {
            session.saw(written.version());
            write.operations().forEach(operation -> lastSeen.put(operation.name(), written.version()));
            end(write, start, History.Ending.WRITTEN, Optional.of(written.version()));
        } else if (outcome instanceof WriteOutcome.ConditionFailed failed) {
            write.conditions().stream()
                    .filter(condition -> condition.name().equals(failed.name()))
                    .forEach(condition -> world.history()
                            .add(new History.Failed(sent, world.time().now(), condition, failed.newest())));
            end(write, start, unwritten(), Optional.empty());
        } else if (outcome instanceof WriteOutcome.OtherRequest) {
            end(write, start, History.Ending.OTHER_REQUEST, Optional.empty());
        } else if (outcome instanceof WriteOutcome.Refused refused) {
            world.history().happened(refused.reason().name());
            again(write, start);
        } else {
            unknown(write, start);
        }
    }

    private void unknown(Write write, long start) {
        doubtful = true;
        again(write, start);
    }

    private void again(Write write, long start) {
        long pause = chance.delay(VirtualTime.MILLI, 100 * VirtualTime.MILLI);
        if (late(pause) || chance.oneIn(12)) {
            end(write, start, unwritten(), Optional.empty());
        } else {
            attempt++;
            world.time().after(pause, () -> write(write, start));
        }
    }

    /** Returns true if the write id may have been forgotten by then. */
    private boolean late(long pause) {
        return world.settings().retains() && world.time().now() + pause - idSince > Retention.CLIENTS_GIVE_UP;
    }

    private History.Ending unwritten() {
        return doubtful ? History.Ending.UNKNOWN : History.Ending.NOT_WRITTEN;
    }

    private void end(Write write, long start, History.Ending ending, Optional<Version> version) {
        long end = ending == History.Ending.WRITTEN ? world.time().now() : END_OF_TIME;
        world.history().add(new History.Put(write, start, end, ending, version));
        if (!stopped && !late(REUSED_AFTER) && chance.oneIn(REUSES)) {
            attempt++;
            world.time().after(REUSED_AFTER, () -> begin(reuse(write.id())));
        } else {
            think();
        }
    }

    // ---- both ----

    private void to(SimNode node, Consumer<SimMember> request) {
        world.network().sendOnce(World.CLIENTS, node.id(), () -> node.life()
                .ifPresent(life -> life.run(() -> request.accept(life))));
    }

    private void deadline(long mine, Runnable whenOver) {
        int patience = chance.oneIn(4) ? chance.between(400, 1500) : chance.between(80, 400);
        world.time().after(patience * VirtualTime.MILLI, () -> {
            if (mine == attempt) {
                whenOver.run();
            }
        });
    }

    @Override
    public String toString() {
        return "client " + (idle ? "idle" : "busy, attempt " + attempt);
    }
}
