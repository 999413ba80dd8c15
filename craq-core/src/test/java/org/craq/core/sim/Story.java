package org.craq.core.sim;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.craq.core.chain.Chain;
import org.craq.core.chain.Incarnation;
import org.craq.core.chain.NodeId;
import org.craq.core.chain.ReplicaReport;
import org.craq.core.chain.Seq;
import org.craq.core.file.Content;
import org.craq.core.file.ContentId;
import org.craq.core.file.FileName;
import org.craq.core.file.Version;
import org.craq.core.replica.Condition;
import org.craq.core.replica.Entry;
import org.craq.core.replica.Operation;
import org.craq.core.replica.Replica;
import org.craq.core.replica.Restored;
import org.craq.core.replica.Write;
import org.craq.core.replica.WriteId;
import org.craq.core.replica.WriteOutcome;

/** A run that is scripted step by step instead of being drawn at random: nodes n1, n2, ..., managers m1, m2, ... */
final class Story {
    private static final long PATIENCE = 8_000 * VirtualTime.MILLI;
    private static final long LONGEST = 60_000 * VirtualTime.MILLI;
    static final FileName FILE = new FileName("dir/file 0");

    /** The answer to a client, once there is one. */
    static final class Reply<T> {
        private Optional<T> value = Optional.empty();

        private void set(T answer) {
            value = Optional.of(value.orElse(answer));
        }

        boolean came() {
            return value.isPresent();
        }

        T get() {
            return value.orElseThrow(() -> new AssertionError("there was no answer"));
        }
    }

    private final World world;

    private Story(World world) {
        this.world = world;
    }

    /** Creates a story with a chain that has formed and is complete. */
    static Story of(int members, int spares, int managers) {
        return of(1, members, spares, managers);
    }

    static Story of(long seed, int members, int spares, int managers) {
        return begin(seed, Settings.calm(members, 0, 1).sized(members, spares, managers));
    }

    /** Creates a story with a chain that keeps this many versions of a file. */
    static Story keeping(int versions, int members) {
        return begin(1, Settings.calm(members, 0, 1).keeping(versions));
    }

    /** Creates a story with any settings, including flaws. */
    static Story of(Settings settings) {
        return begin(1, settings);
    }

    private static Story begin(long seed, Settings settings) {
        Story story = new Story(new World(seed, settings));
        story.world.start();
        story.until(
                "the chain is whole and its members hold leases",
                () -> story.world.settled()
                        && story.chain().members().stream()
                                .allMatch(member -> story.serves(member.node().value())));
        return story;
    }

    // ---- events ----

    void pass(long millis) {
        inTime();
        world.runUntil(world.time().now() + millis * VirtualTime.MILLI);
    }

    /** Runs one event. */
    void step() {
        inTime();
        world.time().step(Long.MAX_VALUE);
    }

    private void inTime() {
        if (world.time().now() > LONGEST) {
            throw new AssertionError("the story does not end\n" + world.trace());
        }
    }

    void until(String what, BooleanSupplier holds) {
        long deadline = world.time().now() + PATIENCE;
        while (!holds.getAsBoolean()) {
            if (!world.time().step(deadline)) {
                throw new AssertionError("timed out waiting until " + what + "\n" + world.trace());
            }
        }
    }

    void untilWhole() {
        until("the chain is whole again", world::settled);
    }

    void cut(String one, String other) {
        cutOneWay(one, other);
        cutOneWay(other, one);
    }

    void cutOneWay(String from, String to) {
        world.network().cut(new NodeId(from), new NodeId(to));
    }

    void isolate(String node) {
        world.nodes().forEach(other -> cut(node, other.id().value()));
        world.managers().forEach(manager -> cut(node, manager.id().value()));
    }

    void heal() {
        world.network().heal();
    }

    void crash(String node) {
        node(node).crash();
    }

    void crashAt(String node, Step step) {
        node(node).crashAt(step, () -> {});
    }

    void start(String node) {
        node(node).start();
    }

    void loseDisk(String node) {
        node(node).crash();
        node(node).loseDisk();
        node(node).start();
    }

    void pause(String node, long millis) {
        node(node).machine().pause(millis * VirtualTime.MILLI);
    }

    /** Disables pushes, so that content only arrives by being fetched. */
    void pushNothing() {
        world.pushNothing();
    }

    /** Makes a member send its predecessor a commit mark. */
    void tellsCommitMark(String node, long mark) {
        world.allowLies();
        SimMember life = node(node).life().orElseThrow();
        life.run(() -> life.neighbours()
                .tellPredecessor((peer, stream) -> peer.replica().committed(stream, new Seq(mark))));
    }

    /** Makes a member send its successor an entry. */
    void sendsEntry(String node, Version version) {
        world.allowLies();
        SimMember life = node(node).life().orElseThrow();
        Entry entry = new Entry(version.epoch(), version.seq(), newWrite().operations(), 0);
        life.run(() ->
                life.neighbours().tellSuccessor((peer, stream) -> peer.replica().received(stream, entry)));
    }

    /** The sender of a write's content to the node abandons it. */
    void abandons(String node, Write write) {
        node(node).life().ifPresent(life -> Contents.of(write.operations())
                .forEach(content -> life.run(() -> life.contents().abandoned(content))));
    }

    void databaseDead(String node, boolean dead) {
        node(node).databaseDead(dead);
    }

    void pauseManager(String manager, long millis) {
        manager(manager).pause(millis * VirtualTime.MILLI);
    }

    // ---- clients, connected directly to a node ----

    Write newWrite(Condition... conditions) {
        WriteId id = new WriteId(world.chance().uuid());
        Content content = new Content(new ContentId(world.chance().uuid()), Content.MIN_CHUNK_SIZE, 1, 0);
        Operation put = new Operation.Put(FILE, id, content, "text/plain", Map.of());
        return new Write(id, List.of(put), List.of(conditions), 0);
    }

    Write newDelete() {
        WriteId id = new WriteId(world.chance().uuid());
        return new Write(id, List.of(new Operation.Delete(FILE, id)), List.of(), 0);
    }

    Reply<WriteOutcome> write(String node, Write write) {
        Reply<WriteOutcome> reply = new Reply<>();
        SimMember life = node(node).life().orElseThrow();
        life.run(() -> life.requests().write(write, reply::set));
        return reply;
    }

    /** Repeats a write at the head until it succeeds, and returns its version. */
    Version written(Write write) {
        long deadline = world.time().now() + PATIENCE;
        while (world.time().now() < deadline) {
            Reply<WriteOutcome> reply = write(head(), write);
            until("the write is answered", reply::came);
            if (reply.get() instanceof WriteOutcome.Written written) {
                return written.version();
            }
            pass(20);
        }
        throw new AssertionError("the write never succeeds");
    }

    Reply<ReadReply> read(String node) {
        return read(node, Ask.strong(FILE));
    }

    Reply<ReadReply> read(String node, Ask ask) {
        Reply<ReadReply> reply = new Reply<>();
        SimMember life = node(node).life().orElseThrow();
        life.run(() -> life.lookups().read(ask, reply::set));
        return reply;
    }

    ReadReply answerOf(String node) {
        return answerOf(node, Ask.strong(FILE));
    }

    ReadReply answerOf(String node, Ask ask) {
        Reply<ReadReply> reply = read(node, ask);
        until("the read is answered", reply::came);
        return reply.get();
    }

    /** Returns the version that a strong read sees; empty if there is none. */
    Optional<Version> readVersion(String node) {
        return readVersion(node, Ask.strong(FILE));
    }

    Optional<Version> readVersion(String node, Ask ask) {
        ReadReply answer = answerOf(node, ask);
        return answer instanceof ReadReply.Found found
                ? Optional.ofNullable(found.newest().get(FILE)).map(Entry::version)
                : Optional.of(versionIn(answer));
    }

    /** Returns the version in an answer. */
    Version versionIn(ReadReply answer) {
        if (answer instanceof ReadReply.Found found) {
            return found.newest().get(FILE).version();
        }
        throw new AssertionError("refused: " + answer);
    }

    // ---- state ----

    Chain chain() {
        return world.database().chain().orElseThrow();
    }

    String head() {
        return chain().head().node().value();
    }

    boolean isMember(String node) {
        return chain().members().stream()
                .anyMatch(member -> member.node().value().equals(node));
    }

    boolean serves(String node) {
        return node(node).life().filter(SimMember::serves).isPresent();
    }

    boolean isUp(String node) {
        return node(node).life().isPresent();
    }

    boolean leads(String manager) {
        return manager(manager).leads();
    }

    /** Returns the last entry on a node's disk. */
    long onDisk(String node) {
        return node(node).disk().last().value();
    }

    long commitMark(String node) {
        return node(node).life().orElseThrow().replica().report().commit().value();
    }

    long lastEntry(String node) {
        return node(node).life().orElseThrow().replica().report().last().value();
    }

    /** Returns how many entries the log has that all members hold. */
    int entriesInTheEnd() {
        return world.finalLog().size();
    }

    /** Returns how many entries are left on a node's disk. */
    int rows(String node) {
        return node(node).disk().rows().size();
    }

    /** Returns true once an event of that kind has happened. */
    boolean happened(String kind) {
        return world.history().happened().contains(kind);
    }

    Incarnation incarnation(String node) {
        return node(node).life().orElseThrow().incarnation();
    }

    /** Delivers the registration of a former incarnation to the manager only now. */
    void registersLate(String node, Incarnation former) {
        SimMember life = node(node).life().orElseThrow();
        ReplicaReport report = new Replica(life.node(), World.CHAIN, former, Restored.NOTHING).report();
        manager("m1").receive(office -> office.register(life.node(), former, report, Long.MAX_VALUE, new Unheard()));
    }

    /** Receives the answer in place of an incarnation that no longer exists. */
    private static final class Unheard implements Heartbeats.Reply {
        @Override
        public void answered(Optional<Chain> chain, boolean granted, long rights) {
            if (granted) {
                throw new Violation("an incarnation that has ended was granted a lease");
            }
        }

        @Override
        public void fenced() {}

        @Override
        public void refused() {}
    }

    private SimNode node(String id) {
        return world.node(new NodeId(id));
    }

    private SimManager manager(String id) {
        return world.managers().stream()
                .filter(manager -> manager.id().value().equals(id))
                .findFirst()
                .orElseThrow();
    }
}
