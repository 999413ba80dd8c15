package org.craq.core.sim;

import java.util.List;
import java.util.Optional;
import org.craq.core.chain.Seq;
import org.craq.core.file.FileName;
import org.craq.core.replica.Freshness;
import org.craq.core.replica.ReadOutcome;

/**
 * What must hold for an answer at the moment when a member gives it: everything it shows is committed and part of the
 * one log, unless uncommitted versions were requested; a bounded answer is no staler than requested, measured in true
 * time; and a member that answers under a lease has one.
 */
final class Promises {
    /** The rate of the slowest clock, in thousandths of true time. */
    private static final long SLOWEST = 1000 - Machine.LARGEST_DRIFT;

    private final World world;

    Promises(World world) {
        this.world = world;
    }

    /**
     * Checks an answer.
     *
     * @param begun when the member chose the mark of the answer
     */
    void check(SimMember by, Ask ask, ReadOutcome.At at, long begun) {
        if (at.leased()) {
            world.invariants().mayAnswer(by);
        }
        Seq shown = at.level() == ReadOutcome.Level.UNCOMMITTED ? at.seen().seq() : at.mark();
        if (shown.isAfter(world.commits().last())) {
            throw new Violation(by.node() + " answers " + ask + " with something uncommitted: " + at);
        }
        world.ledger().told(by.node(), by.disk(), shown);
        // A strong answer to a bounded read is checked together with all strong ones.
        if (at.level() != ReadOutcome.Level.STRONG && ask.freshness() instanceof Freshness.Bounded bounded) {
            bounded.maxAgeNanos().ifPresent(age -> oldEnough(by, at, age));
            bounded.maxLag().ifPresent(lag -> closeEnough(by, ask, at, lag, begun));
        }
    }

    private void oldEnough(SimMember by, ReadOutcome.At at, long age) {
        long longest = age * 1000 / SLOWEST + VirtualTime.MICRO;
        Seq owed = world.commits().lastAt(world.time().now() - longest);
        if (owed.isAfter(at.mark())) {
            throw new Violation(by.node() + " answers " + at + " to a read that must see everything older than " + age
                    + " ns, and so " + owed);
        }
    }

    private void closeEnough(SimMember by, Ask ask, ReadOutcome.At at, long lag, long begun) {
        Optional<FileName> file = ask.read().files().stream().findFirst();
        List<?> missing = world.commits().between(at.mark(), world.commits().lastAt(begun)).stream()
                .filter(version -> file.isEmpty() || world.ledger().touches(version, file.get()))
                .toList();
        if (missing.size() > lag) {
            throw new Violation(by.node() + " answers " + at + " to " + ask + " and misses " + missing);
        }
    }
}
