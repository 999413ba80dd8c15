package org.craq.core.sim;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.craq.core.chain.Seq;
import org.craq.core.replica.Effect;
import org.craq.core.replica.Entry;
import org.craq.core.replica.EpochTable;

/** Performs the effects on the streams to predecessor and successor. */
final class Neighbours {
    private static final long LONGEST_PAUSE = 10 * VirtualTime.MILLI;
    private static final long CONNECT_DEADLINE = 100 * VirtualTime.MILLI;
    private static final int LARGEST_LOAD = 7;

    private final World world;
    private final SimMember member;
    private final Map<Long, SimStream.End> ends = new TreeMap<>();
    private final Map<Long, Seq> formerMarks = new HashMap<>();
    private final Set<Long> givenUp = new HashSet<>();
    private long toPredecessor;
    private long toSuccessor;

    Neighbours(World world, SimMember member) {
        this.world = world;
        this.member = member;
    }

    void register(EffectHandlers handlers) {
        handlers.on(Effect.ConnectPredecessor.class, this::connect)
                .on(Effect.CloseStreams.class, close -> end())
                .on(Effect.RefuseSuccessor.class, refuse -> close(refuse.stream()))
                .on(Effect.WelcomeSuccessor.class, this::welcome)
                .on(Effect.SendEntry.class, this::sendEntry)
                .on(Effect.SendPrepared.class, this::sendPrepared)
                .on(Effect.SendCommit.class, this::sendCommit)
                .on(Effect.LoadLog.class, this::load);
    }

    // ---- as successor ----

    private void connect(Effect.ConnectPredecessor effect) {
        toPredecessor = effect.stream();
        long pause = world.chance().between(0, LONGEST_PAUSE);
        member.after(pause, () -> world.network()
                .send(member.node(), effect.predecessor().node(), () -> arrive(effect)));
        member.after(pause + CONNECT_DEADLINE, () -> {
            if (!ends.containsKey(effect.stream())) {
                lost(effect.stream());
            }
        });
    }

    private void arrive(Effect.ConnectPredecessor effect) {
        Optional<SimMember> target = world.node(effect.predecessor().node())
                .life()
                .filter(life -> life.incarnation().equals(effect.predecessor().incarnation()));
        if (target.isPresent()) {
            target.get().run(() -> target.get().neighbours().accept(member, effect));
        } else {
            member.run(() -> lost(effect.stream()));
        }
    }

    private void lost(long stream) {
        givenUp.add(stream);
        member.marks().linkLost();
        member.replica().predecessorLost(stream);
    }

    private void opened(SimStream.End end) {
        if (givenUp.contains(end.id())) {
            end.close();
        } else if (ends.putIfAbsent(end.id(), end) != null) {
            end.disown();
        }
    }

    private void sendCommit(Effect.SendCommit effect) {
        sendMark(effect.stream(), effect.mark(), mark -> (peer, id) -> {
            peer.marks().committed(mark);
            peer.replica().committed(id, mark);
        });
    }

    // ---- as predecessor ----

    private void accept(SimMember from, Effect.ConnectPredecessor hello) {
        long id = member.replica().newStream();
        SimStream stream = new SimStream(world, from, hello.stream(), member, id);
        ends.put(id, stream.predecessor());
        from.run(() -> from.neighbours().opened(stream.successor()));
        member.replica()
                .hello(
                        id,
                        from.node(),
                        from.incarnation(),
                        hello.epoch(),
                        epochsOf(hello),
                        hello.last(),
                        hello.forgotten());
    }

    private EpochTable epochsOf(Effect.ConnectPredecessor hello) {
        return new EpochTable(
                world.has(Flaw.COMMON_BY_LENGTH)
                        ? world.node(member.node()).disk().restored().epochs()
                        : hello.epochs());
    }

    private void welcome(Effect.WelcomeSuccessor welcome) {
        toSuccessor = welcome.stream();
        send(welcome.stream(), (peer, id) -> peer.replica()
                .welcomed(id, welcome.common(), welcome.last(), welcome.base()));
    }

    private void sendEntry(Effect.SendEntry effect) {
        Entry entry = effect.entry();
        send(effect.stream(), (peer, id) -> peer.replica().received(id, entry));
        member.passed(Step.FORWARDED);
    }

    private void sendPrepared(Effect.SendPrepared effect) {
        sendMark(effect.stream(), effect.mark(), mark -> (peer, id) -> {
            peer.marks().prepared(mark);
            peer.replica().prepared(id, mark);
        });
    }

    private void load(Effect.LoadLog load) {
        long latency = world.chance().delay(200 * VirtualTime.MICRO, 20 * VirtualTime.MILLI);
        member.after(latency, () -> {
            int most = world.chance().between(1, LARGEST_LOAD);
            member.retention().forgetWhileSent(load.from());
            List<Entry> left = member.disk().load(load.from(), load.upTo(), most);
            Seq through =
                    left.size() < most ? load.upTo() : left.get(left.size() - 1).seq();
            member.replica().loaded(load.stream(), filled(left, load.from(), through), through);
        });
    }

    /** With certain flaws, fills gaps with entries without operations, as if everything missing were forgotten. */
    private List<Entry> filled(List<Entry> left, Seq from, Seq through) {
        if (!world.flawedLoads()) {
            return left;
        }
        Map<Seq, Entry> all = new TreeMap<>();
        for (Seq seq = from; !seq.isAfter(through); seq = seq.next()) {
            Seq missing = seq;
            member.disk()
                    .version(seq)
                    .ifPresent(there -> all.put(missing, new Entry(there.epoch(), missing, List.of(), 0)));
        }
        left.forEach(entry -> all.put(entry.seq(), entry));
        return List.copyOf(all.values());
    }

    // ---- both ----

    /** Sends a mark. An old mark may be repeated late, and must not lower the receiver's. */
    private void sendMark(long stream, Seq mark, Function<Seq, SimStream.Message> message) {
        send(stream, message.apply(mark));
        Seq former = formerMarks.put(stream, mark);
        if (former != null && world.chance().oneIn(10)) {
            send(stream, message.apply(former));
        }
    }

    private void send(long stream, SimStream.Message message) {
        Optional.ofNullable(ends.get(stream)).ifPresent(end -> end.send(message));
    }

    private void close(long stream) {
        Optional.ofNullable(ends.get(stream)).ifPresent(SimStream.End::close);
    }

    /** Sends a message to the predecessor, regardless of the protocol. */
    void tellPredecessor(SimStream.Message message) {
        send(toPredecessor, message);
    }

    /** Sends a message to the successor, regardless of the protocol. */
    void tellSuccessor(SimStream.Message message) {
        send(toSuccessor, message);
    }

    /** Breaks one stream of this member. */
    void breakOne() {
        if (!ends.isEmpty()) {
            world.chance().any(List.copyOf(ends.values())).lose();
        }
    }

    void end() {
        member.marks().linkLost();
        givenUp.addAll(ends.keySet());
        ends.values().forEach(SimStream.End::close);
        ends.clear();
    }
}
