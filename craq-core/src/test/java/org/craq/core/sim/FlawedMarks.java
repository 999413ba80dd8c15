package org.craq.core.sim;

import org.craq.core.chain.Role;
import org.craq.core.chain.Seq;
import org.craq.core.replica.Replica;

/**
 * The marks that a member with a faulty memory would use, for the flaws located there; without a flaw they are those of
 * the replica.
 */
final class FlawedMarks {
    private final World world;
    private final Replica replica;
    private Seq lastCommit = Seq.NONE;
    private Seq highestCommit = Seq.NONE;
    private Seq lastPrepared = Seq.NONE;

    FlawedMarks(World world, Replica replica) {
        this.world = world;
        this.replica = replica;
    }

    void committed(Seq mark) {
        lastCommit = mark;
        highestCommit = Seq.max(highestCommit, mark);
    }

    void prepared(Seq mark) {
        lastPrepared = mark;
    }

    /** The stream to the predecessor, or the epoch, has been replaced. */
    void linkLost() {
        if (world.has(Flaw.PREPARED_MARK_FORGOTTEN)) {
            lastPrepared = Seq.NONE;
        }
    }

    Seq believed(Seq right) {
        boolean tail = replica.role().filter(Role.TAIL::equals).isPresent();
        boolean middle = replica.role()
                .filter(role -> role == Role.MIDDLE || role == Role.HEAD)
                .isPresent();
        if (world.has(Flaw.PREPARED_MARK_FORGOTTEN) && tail) {
            return Seq.min(right, Seq.max(highestCommit, lastPrepared));
        }
        if (world.has(Flaw.MARKS_FALL) && tail) {
            return Seq.min(right, lastPrepared);
        }
        if (world.has(Flaw.MARKS_FALL) && middle && lastCommit.isAfter(Seq.NONE)) {
            return Seq.min(right, lastCommit);
        }
        return right;
    }
}
