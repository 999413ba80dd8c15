package org.craq.core.sim;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.craq.core.file.FileName;
import org.craq.core.replica.Effect;
import org.craq.core.replica.Entry;
import org.craq.core.replica.Found;
import org.craq.core.replica.Operation;
import org.craq.core.replica.Refusal;
import org.craq.core.replica.Write;
import org.craq.core.replica.WriteId;
import org.craq.core.replica.WriteOutcome;

/** Performs clients' writes to a node, with their database lookups. */
final class Requests {
    private final World world;
    private final SimMember member;
    private final Disk disk;
    private final Map<Long, Consumer<WriteOutcome>> writes = new HashMap<>();
    private final Map<WriteId, Long> tokens = new HashMap<>();
    private long token;
    private final FlawedAnswers flaws;

    Requests(World world, SimMember member, Disk disk) {
        this.world = world;
        this.member = member;
        this.disk = disk;
        this.flaws = new FlawedAnswers(world, member, disk);
    }

    void register(EffectHandlers handlers) {
        handlers.on(Effect.LookUp.class, this::lookUp)
                .on(Effect.AnswerWrite.class, answer -> answerWrite(answer.token(), answer.outcome()));
    }

    // ---- writes ----

    void write(Write write, Consumer<WriteOutcome> reply) {
        if (!member.admits()) {
            world.network()
                    .send(
                            member.node(),
                            World.CLIENTS,
                            () -> reply.accept(new WriteOutcome.Refused(Refusal.NOT_SERVING)));
            return;
        }
        Contents.of(write.operations()).forEach(member.contents()::uploaded);
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
        return new Write(
                write.id(),
                write.operations(),
                flaws.conditions(write),
                member.wallClockMillis(),
                flaws.youngerThan(write),
                flaws.request(write));
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
        Optional<Entry> former = world.has(Flaw.WRITE_ID_FORGOTTEN)
                ? Optional.empty()
                : disk.written(lookUp.id()).map(flaws::kept);
        Map<FileName, Found.Newest> newest = new HashMap<>();
        for (FileName name : lookUp.names()) {
            disk.newest(name, disk.last())
                    .ifPresent(entry -> newest.put(
                            name, new Found.Newest(entry.version(), deletes(entry, name), entry.createdAtMillis())));
        }
        return new Found(former, newest);
    }

    private static boolean deletes(Entry entry, FileName name) {
        return entry.on(name).orElseThrow() instanceof Operation.Delete;
    }

    /** Records that an entry was added to the log here, by this head or from the predecessor. */
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

    private long databaseLatency() {
        return world.chance().delay(100 * VirtualTime.MICRO, 20 * VirtualTime.MILLI);
    }

    /** Ends this incarnation; clients receive nothing more from it. */
    void end() {
        writes.clear();
    }
}
