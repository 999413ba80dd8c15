package org.craq.core.sim;

import java.util.Optional;
import java.util.OptionalLong;
import org.craq.core.chain.Epoch;
import org.craq.core.chain.Role;
import org.craq.core.chain.Seq;
import org.craq.core.file.Version;
import org.craq.core.replica.Freshness;
import org.craq.core.replica.Read;
import org.craq.core.replica.ReadOutcome;

/** Falsifies how a member serves reads, for the flaws located there; does nothing without one. */
final class FlawedReads {
    private final World world;
    private final SimMember member;
    private final Disk disk;
    private long asked;
    private long answered;

    FlawedReads(World world, SimMember member, Disk disk) {
        this.world = world;
        this.member = member;
        this.disk = disk;
    }

    /** Records when the tail was queried; {@link #tailAnswered} records when it answered. */
    void tailAsked() {
        asked = member.now();
    }

    void tailAnswered() {
        answered = member.now();
    }

    Read read(Ask ask) {
        Ask flawed = world.has(Flaw.SESSION_NOT_LOOKED_AT) ? ask.since(Optional.empty()) : ask;
        if (world.has(Flaw.AGE_COUNTED_FROM_ANSWER)
                && ask.freshness() instanceof Freshness.Bounded bounded
                && bounded.maxAgeNanos().isPresent()) {
            // An age counted from the answer is longer, by the round trip, than the same age counted from the query.
            long age = bounded.maxAgeNanos().getAsLong() + Math.max(0, answered - asked);
            return flawed.with(new Freshness.Bounded(OptionalLong.of(age), bounded.maxLag()))
                    .read();
        }
        return flawed.read();
    }

    /** Returns the mark that the member reads at. */
    ReadOutcome.At at(ReadOutcome.At right) {
        boolean dirty = world.has(Flaw.DIRTY_VERSION_READ)
                || (world.has(Flaw.EVENTUAL_SHOWS_DIRTY) && right.level() == ReadOutcome.Level.EVENTUAL);
        return moved(right, dirty ? disk.last() : member.marks().believed(right.mark()));
    }

    private static ReadOutcome.At moved(ReadOutcome.At at, Seq mark) {
        return new ReadOutcome.At(mark, at.seen(), at.level(), at.leased(), at.until());
    }

    private boolean learnerServes() {
        return world.has(Flaw.LEARNER_SERVES)
                && member.replica().role().filter(Role.LEARNER::equals).isPresent();
    }

    /** Returns an answer for a client that would be refused. */
    Optional<ReadOutcome.At> insteadOfRefusal(Ask ask) {
        boolean learner = learnerServes();
        boolean byLag = world.has(Flaw.LAG_WITHOUT_LEASE)
                && member.replica().report().complete()
                && ask.freshness() instanceof Freshness.Bounded bounded
                && bounded.maxAgeNanos().isEmpty();
        Seq mark = Seq.min(member.replica().report().commit(), disk.last());
        Version seen = disk.version(mark).orElseGet(() -> new Version(Epoch.NONE, Seq.NONE));
        ReadOutcome.Level level = learner ? ReadOutcome.Level.STRONG : ReadOutcome.Level.BOUNDED;
        return learner || byLag
                ? Optional.of(new ReadOutcome.At(mark, seen, level, learner, OptionalLong.empty()))
                : Optional.empty();
    }

    boolean leaseForgotten() {
        return world.has(Flaw.LEASE_NOT_CHECKED_AGAIN) || learnerServes();
    }

    boolean ageForgotten() {
        return world.has(Flaw.AGE_NOT_CHECKED_AGAIN);
    }

    boolean neverAsksAnew() {
        return world.has(Flaw.OUTRUN_READ_ANSWERED);
    }
}
