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
 *   <li>Durable, never un-read, no resurrection: what any client was told of lies on the disk of every member that is
 *       recorded complete, with its content; but for those that lost their disk since.
 *   <li>One head: at most one member serves as head.
 *   <li>Fenced: a life whose lease has ended for the managers, or that is no member any more, serves nothing.
 *   <li>One log: the logs of two that serve are the same up to the lower of their commit marks.
 *   <li>One manager may act.
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
                throw new Violation("clients were told of " + told + ", but " + member.node()
                        + ", recorded complete, has content only up to " + disk.lastWithContent());
            }
            if (!disk.version(told).equals(world.ledger().toldOf(told))) {
                throw new Violation(
                        "clients were told of " + world.ledger().toldOf(told).orElseThrow() + ", but "
                                + member.node() + ", recorded complete, holds "
                                + disk.version(told).map(Object::toString).orElse("only " + disk.last()) + " there");
            }
        }
    }

    /** Checks that a life which is about to act is not fenced. */
    void mayAnswer(SimMember life) {
        if (!world.database().isMember(life.node(), life.incarnation())) {
            throw new Violation(life.node() + " acts though it is no member");
        }
        if (!world.leases().mayAct(life.incarnation())) {
            throw new Violation(life.node() + " acts though its lease has ended for the managers");
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
