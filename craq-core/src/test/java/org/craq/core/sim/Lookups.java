package org.craq.core.sim;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.craq.core.chain.NodeId;
import org.craq.core.chain.Seq;
import org.craq.core.file.ContentId;
import org.craq.core.file.FileName;
import org.craq.core.replica.Effect;
import org.craq.core.replica.Entry;
import org.craq.core.replica.Freshness;
import org.craq.core.replica.ReadOutcome;
import org.craq.core.replica.Refusal;

/** Performs clients' reads of a node: the query to the tail, the database lookup and the answer. */
final class Lookups {
    private static final long TAIL_DEADLINE = 80 * VirtualTime.MILLI;

    private record Reading(Ask ask, Consumer<ReadReply> reply, long begun) {}

    /** A mark that the replica chose. */
    private record Marked(Reading reading, ReadOutcome.At at) {
        Stream<Map.Entry<FileName, Entry>> newest(Disk disk) {
            return reading.ask().names().stream()
                    .flatMap(name -> disk.newest(name, at.mark()).stream().map(entry -> Map.entry(name, entry)));
        }
    }

    private final World world;
    private final SimMember member;
    private final Disk disk;
    private final FlawedReads flaws;
    private final Map<Long, Reading> reads = new HashMap<>();
    private long token;
    private Optional<Seq> formerAnswer = Optional.empty();

    Lookups(World world, SimMember member, Disk disk) {
        this.world = world;
        this.member = member;
        this.disk = disk;
        this.flaws = new FlawedReads(world, member, disk);
    }

    void register(EffectHandlers handlers) {
        handlers.on(Effect.AnswerRead.class, this::answer).on(Effect.AskTail.class, this::askTail);
    }

    void read(Ask ask, Consumer<ReadReply> reply) {
        // Reads that need no lease go by the rights known last, up to an age that is not simulated.
        if (ask.freshness() instanceof Freshness.Strong && !member.admits()) {
            reply(new Reading(ask, reply, world.time().now()), new ReadReply.Refused(Refusal.NOT_SERVING));
            return;
        }
        begin(ask, reply);
    }

    private void begin(Ask ask, Consumer<ReadReply> reply) {
        reads.put(++token, new Reading(ask, reply, world.time().now()));
        member.replica().read(token, flaws.read(ask), member.now());
    }

    private void askAnew(Reading reading) {
        world.history().happened("AskedAnew");
        begin(reading.ask(), reading.reply());
    }

    private void answer(Effect.AnswerRead answer) {
        Reading reading = reads.remove(answer.token());
        if (answer.outcome() instanceof ReadOutcome.At at) {
            world.history().happened(at.level().name());
            member.after(databaseLatency(), () -> look(new Marked(reading, flaws.at(at))));
        } else if (answer.outcome() instanceof ReadOutcome.Refused refused) {
            flaws.insteadOfRefusal(reading.ask())
                    .ifPresentOrElse(
                            at -> look(new Marked(reading, at)),
                            () -> reply(reading, new ReadReply.Refused(refused.reason())));
        }
    }

    private void look(Marked marked) {
        Seq mark = marked.at().mark();
        boolean mayVanish = marked.at().level() == ReadOutcome.Level.UNCOMMITTED;
        if (mark.isAfter(disk.last()) && !mayVanish) {
            throw new Violation(member.node() + " reads at " + mark + " but holds only " + disk.last());
        }
        if (disk.forgotten().isAfter(mark) && !flaws.neverAsksAnew()) {
            askAnew(marked.reading());
            return;
        }
        Map<FileName, Entry> newest =
                marked.newest(disk).collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        member.after(databaseLatency(), () -> finish(marked, newest));
    }

    /** Checks lease, age and content before the answer. */
    private void finish(Marked marked, Map<FileName, Entry> newest) {
        Reading reading = marked.reading();
        ReadOutcome.At at = marked.at();
        boolean leaseEnded = at.leased() && !member.serves() && !flaws.leaseForgotten();
        boolean tooOld = at.until().isPresent() && member.now() - at.until().getAsLong() > 0 && !flaws.ageForgotten();
        if (leaseEnded || tooOld) {
            reply(reading, new ReadReply.Refused(Refusal.NOT_SERVING));
        } else if (!reading.ask().listing()
                && newest.entrySet().stream().anyMatch(file -> givenUp(file, at))
                && !flaws.neverAsksAnew()) {
            askAnew(reading);
        } else {
            new Promises(world).check(member, reading.ask(), at, reading.begun());
            newest.forEach((name, entry) -> hasContent(reading, name, entry));
            reply(reading, new ReadReply.Found(newest, at));
        }
    }

    /**
     * Returns true if the content has been pruned. Retention only prunes versions that newer clean ones have followed,
     * and this member knows those. Other members may only have pruned the content of a version that is not known here
     * to be committed, if the chain has continued without this member.
     */
    private boolean givenUp(Map.Entry<FileName, Entry> file, ReadOutcome.At at) {
        FileName name = file.getKey();
        Entry entry = file.getValue();
        if (content(name, entry).noneMatch(disk::hasGivenUp)) {
            return false;
        }
        if (at.level() == ReadOutcome.Level.UNCOMMITTED) {
            return true;
        }
        Seq clean = Seq.max(at.mark(), Seq.min(member.replica().report().commit(), disk.last()));
        if (disk.newest(name, clean).filter(entry::equals).isPresent()) {
            throw new Violation(member.node() + " has pruned the content of " + entry.version()
                    + ", the newest clean version of " + name);
        }
        return true;
    }

    private static Stream<ContentId> content(FileName name, Entry entry) {
        return Contents.of(entry.on(name).stream().toList()).stream();
    }

    /**
     * Checks that the content is present; a listing shows no content, and may name a version whose content has just
     * been pruned.
     */
    private void hasContent(Reading reading, FileName name, Entry entry) {
        boolean shown = content(name, entry)
                .allMatch(each -> disk.has(each) || (reading.ask().listing() && disk.hasGivenUp(each)));
        if (!shown) {
            throw new Violation(member.node() + " must read " + entry.version() + " but lacks its content");
        }
    }

    private void reply(Reading reading, ReadReply reply) {
        world.network().send(member.node(), World.CLIENTS, () -> reading.reply().accept(reply));
    }

    // ---- queries to the tail ----

    private void askTail(Effect.AskTail ask) {
        long query = ask.query();
        flaws.tailAsked();
        if (world.has(Flaw.TAIL_NOT_ASKED)) {
            answered(query, Seq.NONE);
        } else if (world.has(Flaw.SENT_QUERY_SHARED) && formerAnswer.isPresent()) {
            answered(query, formerAnswer.get());
        } else {
            NodeId tail = ask.tail().node();
            world.network().send(member.node(), tail, () -> world.node(tail)
                    .life()
                    .filter(life -> life.incarnation().equals(ask.tail().incarnation()))
                    .ifPresent(life -> life.run(() -> life.lookups().queried(member, ask))));
            member.after(TAIL_DEADLINE, () -> member.replica().tailSilent(query, member.now()));
        }
    }

    private void answered(long query, Seq mark) {
        member.after(0, () -> member.replica().tailAnswered(query, mark, member.now()));
    }

    private void queried(SimMember from, Effect.AskTail ask) {
        Optional<Seq> mark = member.replica().versionQuery(from.node(), from.incarnation(), ask.epoch(), member.now());
        Optional<Seq> said = world.has(Flaw.TAIL_ANSWERS_RECEIVED)
                ? mark.map(right -> member.replica().report().last())
                : mark;
        world.network()
                .send(
                        member.node(),
                        from.node(),
                        () -> from.run(
                                () -> from.lookups().tailSaid(ask.query(), said, said.map(member.marks()::believed))));
    }

    private void tailSaid(long query, Optional<Seq> said, Optional<Seq> believed) {
        formerAnswer = said;
        flaws.tailAnswered();
        believed.ifPresentOrElse(
                mark -> member.replica().tailAnswered(query, mark, member.now()),
                () -> member.replica().tailSilent(query, member.now()));
    }

    private long databaseLatency() {
        return world.settings().slowDisks()
                ? world.chance().between(VirtualTime.MILLI, 25 * VirtualTime.MILLI)
                : world.chance().delay(100 * VirtualTime.MICRO, 20 * VirtualTime.MILLI);
    }

    /** Ends this incarnation; clients receive nothing more from it. */
    void end() {
        reads.clear();
    }
}
