package org.craq.node.metadata;

import jakarta.persistence.EntityManager;
import jakarta.persistence.Query;
import org.craq.core.chain.Epoch;
import org.craq.core.chain.Seq;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/**
 * One life's lock on its row of {@code replica_state}, within one transaction. Each statement that moves a mark names
 * the incarnation: a new life writes the same row first, so one of the two waits for the other, and the former life's
 * statement then matches no row. Each of them also counts as a change, by which an older copy of the database is
 * recognized.
 */
final class ReplicaFence {
    private final EntityManager em;
    private final ReplicaLife life;

    ReplicaFence(EntityManager em, ReplicaLife life) {
        this.em = em;
        this.life = life;
    }

    /**
     * Moves the end of the log over entries that are all new and of epochs that have all begun, in one statement, which
     * locks the row. Returns false, with nothing changed, if that is not so or the life is over.
     */
    boolean extend(Seq first, Seq last, Epoch newest) {
        // Native, as a provider may move the conditions into a subquery: after waiting for the row's lock the database
        // evaluates only conditions on the row itself again.
        return em.createNativeQuery(
                                "UPDATE replica_state SET last_seq = ?1, changes = changes + 1 WHERE node_id = ?2 AND chain_id = ?3"
                                        + " AND incarnation = ?4 AND last_seq < ?5 AND EXISTS (SELECT 1 FROM log_epoch"
                                        + " WHERE node_id = ?2 AND chain_id = ?3 AND epoch >= ?6)")
                        .setParameter(1, last.value())
                        .setParameter(2, life.node().value())
                        .setParameter(3, life.chain().value())
                        .setParameter(4, life.incarnation().value())
                        .setParameter(5, first.value())
                        .setParameter(6, newest.value())
                        .executeUpdate()
                == 1;
    }

    /**
     * Returns the row as it is now, without locking it; a transaction that writes because of its values must also move
     * a mark.
     *
     * @throws CraqException FENCED when another incarnation has begun
     */
    ReplicaRow row() {
        ReplicaRow.Key key = new ReplicaRow.Key();
        key.nodeId = life.node().value();
        key.chainId = life.chain().value();
        ReplicaRow row = em.find(ReplicaRow.class, key);
        if (row == null || !row.incarnation.equals(life.incarnation().value())) {
            throw fenced();
        }
        em.detach(row);
        return row;
    }

    /**
     * Locks the row, so that any other transaction that writes under it waits until this one has ended.
     *
     * @throws CraqException FENCED when another incarnation has begun
     */
    void hold() {
        move("incarnation", life.incarnation().value());
    }

    /**
     * Moves the end of the log.
     *
     * @throws CraqException FENCED when another incarnation has begun
     */
    void moveLast(long last) {
        move("lastSeq", last);
    }

    /**
     * Moves the commit mark.
     *
     * @throws CraqException FENCED when another incarnation has begun
     */
    void moveCommit(long mark) {
        move("commitMark", mark);
    }

    /**
     * Moves the mark up to which versions have been pruned. Returns false, with nothing changed, if it is no longer at
     * {@code from}.
     *
     * @throws CraqException FENCED when another incarnation has begun
     */
    boolean moveRetention(long from, long to) {
        return move("retentionMark", from, to);
    }

    /**
     * Moves the mark at or below which rows may be missing.
     *
     * @throws CraqException FENCED when another incarnation has begun
     */
    void moveForgotten(long mark) {
        move("forgottenMark", mark);
    }

    /**
     * Moves the mark up to which everything that may be forgotten has been. Returns false, with nothing changed, if it
     * is no longer at {@code from}.
     *
     * @throws CraqException FENCED when another incarnation has begun
     */
    boolean moveForgottenDone(long from, long to) {
        return move("forgottenDone", from, to);
    }

    private void move(String column, Object to) {
        if (update(column, to, "").executeUpdate() != 1) {
            throw fenced();
        }
    }

    private boolean move(String column, long from, long to) {
        boolean moved = update(column, to, " and r." + column + " = :from")
                        .setParameter("from", from)
                        .executeUpdate()
                == 1;
        if (!moved) {
            row();
        }
        return moved;
    }

    private Query update(String column, Object to, String condition) {
        return em.createQuery("update ReplicaRow r set r." + column
                        + " = :to, r.changes = r.changes + 1 where r.nodeId = :node"
                        + " and r.chainId = :chain and r.incarnation = :incarnation" + condition)
                .setParameter("to", to)
                .setParameter("node", life.node().value())
                .setParameter("chain", life.chain().value())
                .setParameter("incarnation", life.incarnation().value());
    }

    private CraqException fenced() {
        return new CraqException(
                ErrorCode.FENCED,
                "node " + life.node() + " has been restarted; this life of it may not write any more");
    }
}
