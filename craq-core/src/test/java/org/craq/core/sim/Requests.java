package org.craq.core.sim;

import java.util.HashMap;
import java.util.List;
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
import org.craq.core.replica.Found;
import org.craq.core.replica.Operation;
import org.craq.core.replica.Read;
import org.craq.core.replica.ReadOutcome;
import org.craq.core.replica.Refusal;
import org.craq.core.replica.Write;
import org.craq.core.replica.WriteId;
import org.craq.core.replica.WriteOutcome;

/** Performs what clients ask of a node: writes with their look into the database, reads with their word from the tail. */
final class Requests {
    private static final long TAIL_DEADLINE = 80 * VirtualTime.MILLI;

    private record Reading(boolean listing, List<FileName> names, Consumer<ReadReply> reply) {
        Read read() {
            return listing ? Read.strongOfAll() : Read.strong(names.get(0));
        }
    }

    private final World world;
    private final SimMember member;
    private final Disk disk;
    private final Map<Long, Consumer<WriteOutcome>> writes = new HashMap<>();
    private final Map<WriteId, Long> tokens = new HashMap<>();
    private final Map<Long, Reading> reads = new HashMap<>();
    private long token;
    private Optional<Seq> formerAnswer = Optional.empty();
    private final FlawedAnswers flaws;

    Requests(World world, SimMember member, Disk disk) {
        this.world = world;
        this.member = member;
        this.disk = disk;
        this.flaws = new FlawedAnswers(world, member, disk);
    }

    void register(EffectHandlers handlers) {
        handlers.on(Effect.LookUp.class, this::lookUp)
                .on(Effect.AnswerWrite.class, answer -> answerWrite(answer.token(), answer.outcome()))
                .on(Effect.AnswerRead.class, this::answerRead)
                .on(Effect.AskTail.class, this::askTail);
    }

    // ---- writes ----

    void write(Write write, Consumer<WriteOutcome> reply) {
        Contents.of(write.operations()).forEach(content -> member.contents().arrived(content, true));
        writes.put(++token, reply);
        tokens.put(write.id(), token);
        Write stamped = stamped(write);
        Optional<WriteOutcome> early = flaws.early(stamped);
        if (early.isPresent()) {
            answerWrite(token, early.get());
        } else {
            member.replica().submit(token, stamped, member.now());
        }
    }

    private Write stamped(Write write) {
        return new Write(write.id(), write.operations(), flaws.conditions(write), member.wallClockMillis());
    }

    private void lookUp(Effect.LookUp lookUp) {
        member.after(databaseLatency(), () -> {
            if (world.chance().oneIn(200)) {
                member.replica().lookUpFailed(lookUp.token());
                return;
            }
            Found found = find(lookUp);
            member.after(databaseLatency(), () -> member.replica().lookedUp(lookUp.token(), found, member.now()));
        });
    }

    private Found find(Effect.LookUp lookUp) {
        Optional<WriteOutcome.Written> former = world.has(Flaw.WRITE_ID_FORGOTTEN)
                ? Optional.empty()
                : disk.written(lookUp.id()).map(entry -> new WriteOutcome.Written(entry.version(), entry.operations()));
        Map<FileName, Found.Newest> newest = new HashMap<>();
        for (FileName name : lookUp.names()) {
            disk.newest(name, disk.last())
                    .ifPresent(entry -> newest.put(name, new Found.Newest(entry.version(), deletes(entry, name))));
        }
        return new Found(former, newest);
    }

    private static boolean deletes(Entry entry, FileName name) {
        return entry.on(name).orElseThrow() instanceof Operation.Delete;
    }

    /** An entry has been given its place here, or came from the predecessor. */
    void placed(Entry entry) {
        flaws.placed(entry);
        if (world.has(Flaw.ANSWERED_WHEN_PLACED) && !entry.operations().isEmpty()) {
            Optional.ofNullable(tokens.get(entry.operations().get(0).writeId()))
                    .ifPresent(waiting ->
                            answerWrite(waiting, new WriteOutcome.Written(entry.version(), entry.operations())));
        }
    }

    private void answerWrite(long token, WriteOutcome outcome) {
        Consumer<WriteOutcome> reply = writes.remove(token);
        if (reply == null) {
            return;
        }
        if (outcome instanceof WriteOutcome.Written written) {
            world.ledger().told(member.node(), disk, written.version().seq());
        } else if (outcome instanceof WriteOutcome.ConditionFailed failed) {
            failed.newest().ifPresent(version -> world.ledger().told(member.node(), disk, version.seq()));
        }
        world.network().send(member.node(), World.CLIENTS, () -> reply.accept(outcome));
        member.passed(Step.ANSWERED);
    }

    // ---- reads ----

    void read(FileName name, Consumer<ReadReply> reply) {
        begin(new Reading(false, List.of(name), reply));
    }

    void list(Consumer<ReadReply> reply) {
        begin(new Reading(true, world.names(), reply));
    }

    private void begin(Reading reading) {
        reads.put(++token, reading);
        member.replica().read(token, reading.read(), member.now());
    }

    private void askAnew(Reading reading) {
        world.history().happened("AskedAnew");
        begin(reading);
    }

    private void answerRead(Effect.AnswerRead answer) {
        Reading reading = reads.remove(answer.token());
        if (answer.outcome() instanceof ReadOutcome.At at) {
            Seq mark = world.has(Flaw.DIRTY_VERSION_READ)
                    ? disk.last()
                    : member.marks().believed(at.mark());
            member.after(databaseLatency(), () -> look(reading, mark));
        } else if (answer.outcome() instanceof ReadOutcome.Refused refused) {
            if (flaws.learnerServes()) {
                look(reading, member.replica().report().commit());
            } else {
                reply(reading, new ReadReply.Refused(refused.reason()));
            }
        }
    }

    private void look(Reading reading, Seq mark) {
        if (mark.isAfter(disk.last())) {
            throw new Violation(member.node() + " reads at " + mark + " but holds only " + disk.last());
        }
        if (disk.forgotten().isAfter(mark)) {
            askAnew(reading);
            return;
        }
        Map<FileName, Entry> newest = reading.names().stream()
                .flatMap(name -> disk.newest(name, mark).stream().map(entry -> Map.entry(name, entry)))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        member.after(databaseLatency(), () -> {
            if (member.serves() || world.has(Flaw.LEASE_NOT_CHECKED_AGAIN) || flaws.learnerServes()) {
                world.invariants().mayAnswer(member);
                if (!reading.listing() && newest.entrySet().stream().anyMatch(file -> givenUp(file, mark))) {
                    askAnew(reading);
                    return;
                }
                world.ledger().told(member.node(), disk, mark);
                newest.forEach(this::hasContent);
                reply(reading, new ReadReply.Found(newest));
            } else {
                reply(reading, new ReadReply.Refused(Refusal.NOT_SERVING));
            }
        });
    }

    /** What retention lets go has newer clean ones. */
    private boolean givenUp(Map.Entry<FileName, Entry> file, Seq mark) {
        FileName name = file.getKey();
        Entry entry = file.getValue();
        if (content(name, entry).noneMatch(disk::hasGivenUp)) {
            return false;
        }
        Seq clean = Seq.max(mark, Seq.min(member.replica().report().commit(), disk.last()));
        if (disk.newest(name, clean).filter(entry::equals).isPresent()) {
            throw new Violation(member.node() + " has given up the content of " + entry.version()
                    + ", the newest clean version of " + name);
        }
        return true;
    }

    private static Stream<ContentId> content(FileName name, Entry entry) {
        return Contents.of(entry.on(name).stream().toList()).stream();
    }

    private void hasContent(FileName name, Entry entry) {
        if (!content(name, entry).allMatch(each -> disk.has(each) || disk.hasGivenUp(each))) {
            throw new Violation(member.node() + " is to read " + entry.version() + " but lacks its content");
        }
    }

    private void reply(Reading reading, ReadReply reply) {
        world.network().send(member.node(), World.CLIENTS, () -> reading.reply().accept(reply));
    }

    private void askTail(Effect.AskTail ask) {
        long query = ask.query();
        if (world.has(Flaw.TAIL_NOT_ASKED)) {
            answered(query, Seq.NONE);
        } else if (world.has(Flaw.SENT_QUERY_SHARED) && formerAnswer.isPresent()) {
            answered(query, formerAnswer.get());
        } else {
            NodeId tail = ask.tail().node();
            world.network().send(member.node(), tail, () -> world.node(tail)
                    .life()
                    .filter(life -> life.incarnation().equals(ask.tail().incarnation()))
                    .ifPresent(life -> life.run(() -> life.requests().queried(member, ask))));
            member.after(TAIL_DEADLINE, () -> member.replica().tailSilent(query, member.now()));
        }
    }

    private void answered(long query, Seq mark) {
        member.after(0, () -> member.replica().tailAnswered(query, mark, member.now()));
    }

    private void queried(SimMember from, Effect.AskTail ask) {
        Optional<Seq> mark = member.replica().versionQuery(from.node(), from.incarnation(), ask.epoch(), member.now());
        world.network()
                .send(
                        member.node(),
                        from.node(),
                        () -> from.run(() -> {
                            from.requests().formerAnswer = mark;
                            mark.map(member.marks()::believed)
                                    .ifPresentOrElse(
                                            found -> from.replica().tailAnswered(ask.query(), found, from.now()),
                                            () -> from.replica().tailSilent(ask.query(), from.now()));
                        }));
    }

    private long databaseLatency() {
        return world.chance().delay(100 * VirtualTime.MICRO, 20 * VirtualTime.MILLI);
    }

    /** Clients hear nothing more from this life. */
    void end() {
        writes.clear();
        reads.clear();
    }
}
