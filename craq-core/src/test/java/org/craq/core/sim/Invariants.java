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
 *       recorded complete.
 *   <li>One head: at most one member serves as head.
 *   <li>Fenced: a life whose lease has ended for the manager serves nothing.
 * </ul>
 */
final class Invariants {
    private final World world;

    Invariants(World world) {
        this.world = world;
    }

    void check() {
        world.manager().chain().ifPresent(this::toldIsDurable);
        int heads = 0;
        for (SimNode node : world.nodes()) {
            Optional<SimMember> life = node.life();
            if (life.isPresent() && life.get().serves()) {
                mayAnswer(life.get());
                heads += leads(life.get()) ? 1 : 0;
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
            if (member.complete() && !disk.version(told).equals(world.ledger().toldOf(told))) {
                throw new Violation(
                        "clients were told of " + world.ledger().toldOf(told).orElseThrow() + ", but "
                                + member.node() + ", recorded complete, holds "
                                + disk.version(told).map(Object::toString).orElse("only " + disk.last()) + " there");
            }
        }
    }

    /** Checks that a life which is about to act is not fenced. */
    void mayAnswer(SimMember life) {
        if (!world.manager().mayAct(life.incarnation())) {
            throw new Violation(life.node() + " acts though its lease has ended for the manager");
        }
    }

    private static boolean leads(SimMember life) {
        return life.replica()
                .role()
                .filter(role -> role == Role.HEAD || role == Role.ONLY)
                .isPresent();
    }
}
