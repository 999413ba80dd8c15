package org.craq.core.sim;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.craq.core.chain.ReplicaReport;
import org.craq.core.chain.Role;
import org.craq.core.chain.Seq;
import org.craq.core.file.FileName;
import org.craq.core.file.Version;
import org.craq.core.replica.Condition;
import org.craq.core.replica.Entry;
import org.craq.core.replica.Fingerprint;
import org.craq.core.replica.Found;
import org.craq.core.replica.Operation;
import org.craq.core.replica.Write;
import org.craq.core.replica.WriteId;
import org.craq.core.replica.WriteOutcome;

/** Falsifies a member's answers to clients, for the flaws located there; does nothing without one. */
final class FlawedAnswers {
    private final World world;
    private final SimMember member;
    private final Disk disk;
    private final Map<WriteId, Entry> placed = new HashMap<>();
    private final Map<FileName, Entry> newest = new HashMap<>();

    FlawedAnswers(World world, SimMember member, Disk disk) {
        this.world = world;
        this.member = member;
        this.disk = disk;
    }

    /** Records that an entry was added to the log. */
    void placed(Entry entry) {
        if (world.has(Flaw.ANSWER_RESTS_ON_DIRTY)) {
            for (Operation operation : entry.operations()) {
                placed.put(operation.writeId(), entry);
                newest.put(operation.name(), entry);
            }
        }
    }

    /** Returns an answer that does not wait for the entry that it is based on. */
    Optional<WriteOutcome> early(Write write) {
        boolean head = member.replica()
                .role()
                .filter(role -> role == Role.HEAD || role == Role.ONLY)
                .isPresent();
        if (!world.has(Flaw.ANSWER_RESTS_ON_DIRTY) || !head || !member.serves()) {
            return Optional.empty();
        }
        Entry former = placed.get(write.id());
        if (former != null) {
            return Optional.of(new WriteOutcome.Written(former.version(), former.operations()));
        }
        for (Condition condition : write.conditions()) {
            Entry known = newest.get(condition.name());
            if (known != null && !condition.holds(visible(known, condition.name()))) {
                return Optional.of(new WriteOutcome.ConditionFailed(
                        condition, visible(known, condition.name()).map(Found.Newest::version)));
            }
        }
        return Optional.empty();
    }

    /** Returns the conditions that are checked against the newest version. */
    List<Condition> conditions(Write write) {
        if (!world.has(Flaw.CONDITION_HELD_AGAINST_CLEAN)) {
            return write.conditions();
        }
        Seq clean = Seq.min(member.replica().report().commit(), disk.last());
        return write.conditions().stream()
                .filter(condition -> !condition.holds(
                        disk.newest(condition.name(), clean).flatMap(entry -> visible(entry, condition.name()))))
                .toList();
    }

    /** Returns the entry that the write id is claimed to be younger than. */
    Optional<Version> youngerThan(Write write) {
        if (!world.has(Flaw.WRITE_ID_TAKEN_FOR_NEW)) {
            return write.youngerThan();
        }
        ReplicaReport report = member.replica().report();
        return Optional.of(new Version(report.lastEpoch(), report.last()));
    }

    /** Returns the fingerprint that the request is claimed to have. */
    Optional<Fingerprint> request(Write write) {
        if (world.has(Flaw.REQUEST_NOT_LOOKED_AT)) {
            return Optional.empty();
        }
        return world.has(Flaw.ATTEMPT_TAKEN_FOR_REQUEST)
                ? Optional.of(new Fingerprint(world.chance().uuid().getMostSignificantBits()))
                : write.request();
    }

    /** Returns what the database has stored of an entry. */
    Entry kept(Entry entry) {
        return world.has(Flaw.REQUEST_NOT_KEPT)
                ? new Entry(entry.epoch(), entry.seq(), entry.operations(), entry.createdAtMillis())
                : entry;
    }

    private static Optional<Found.Newest> visible(Entry entry, FileName name) {
        return entry.on(name)
                .filter(Operation.Put.class::isInstance)
                .map(put -> new Found.Newest(entry.version(), false, entry.createdAtMillis()));
    }
}
