package org.craq.core.sim;

import java.util.Optional;
import org.craq.core.chain.Chain;
import org.craq.core.chain.Member;
import org.craq.core.chain.Role;
import org.craq.core.chain.Seq;

/**
 * What must hold between members after every event.
 *
 * <ul>
 *   <li>Durable, never un-read, no resurrection: everything reported to any client is on the disk of every member that is
 *       recorded complete, with its content, except for members that have lost their disk since.
 *   <li>One head: at most one member serves as head.
 *   <li>Fenced: an incarnation whose lease has ended for the managers, or that is no longer a member, serves nothing.
 *   <li>One log: the logs of two serving members are equal up to the lower of their commit marks.
 *   <li>One manager: at most one may act.
 * </ul>
 */
final class Invariants {
    private final World world;

    Invariants(World world) {
        this.world = world;
    }

    void check() {
        world.database().chain().ifPresent(this::toldIsDurable);
        int leaders = 0;
        for (SimManager manager : world.managers()) {
            leaders += manager.leads() ? 1 : 0;
        }
        if (leaders > 1) {
            throw new Violation("two managers may act at once");
        }
        int heads = 0;
        Optional<SimMember> before = Optional.empty();
        for (SimNode node : world.nodes()) {
            Optional<SimMember> life = node.life();
            if (life.isPresent() && life.get().serves()) {
                mayAnswer(life.get());
                heads += leads(life.get()) ? 1 : 0;
                before.ifPresent(other -> sameLog(other, life.get()));
                before = life;
            }
        }
        if (heads > 1) {
            throw new Violation(heads + " heads serve at once");
        }
    }

    private void toldIsDurable(Chain chain) {
        Seq told = world.ledger().toldUpTo();
        for (Member member : chain.members()) {
            Disk disk = world.node(member.node()).disk();
            if (!member.complete() || world.isDiskLost(member.incarnation())) {
                continue;
            }
            if (told.isAfter(disk.lastWithContent())) {
                throw new Violation("clients have seen " + told + ", but " + member.node()
                        + ", recorded complete, has content only up to " + disk.lastWithContent());
            }
            if (!disk.version(told).equals(world.ledger().toldOf(told))) {
                throw new Violation(
                        "clients have seen " + world.ledger().toldOf(told).orElseThrow() + ", but "
                                + member.node() + ", recorded complete, holds "
                                + disk.version(told).map(Object::toString).orElse("only " + disk.last()) + " there");
            }
        }
    }

    /** Checks that an incarnation which is about to act is not fenced. */
    void mayAnswer(SimMember life) {
        if (!world.database().isMember(life.node(), life.incarnation())) {
            throw new Violation(life.node() + " acts although it is not a member");
        }
        if (!world.leases().mayAct(life.incarnation())) {
            throw new Violation(life.node() + " acts although its lease has ended for the managers");
        }
    }

    private static void sameLog(SimMember one, SimMember other) {
        Seq both = Seq.min(
                one.replica().report().commit(), other.replica().report().commit());
        if (!one.disk().version(both).equals(other.disk().version(both))) {
            throw new Violation(one.node() + " and " + other.node() + " hold different entries at " + both);
        }
    }

    private static boolean leads(SimMember life) {
        return life.replica()
                .role()
                .filter(role -> role == Role.HEAD || role == Role.ONLY)
                .isPresent();
    }
}
