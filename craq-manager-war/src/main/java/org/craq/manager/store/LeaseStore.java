package org.craq.manager.store;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.transaction.Transactional;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.UUID;
import org.craq.core.leadership.LeaseRecord;
import org.craq.core.leadership.ManagerIdentity;
import org.craq.manager.leadership.LeaseTable;

/** The leader's lease in the database. */
@ApplicationScoped
public class LeaseStore implements LeaseTable {
    @PersistenceContext(unitName = "craq-manager")
    private EntityManager entities;

    @Override
    @Transactional
    public LeaseRecord read() {
        LeaseRow row = entities.find(LeaseRow.class, LeaseRow.LEADER);
        if (row == null) {
            throw new IllegalStateException("the row '" + LeaseRow.LEADER
                    + "' of the table manager_lease is missing: insert it again, as V2__leadership.sql does, while no"
                    + " manager runs");
        }
        return row.leaseRecord();
    }

    @Override
    @Transactional
    public boolean replace(long beat, LeaseRecord next) {
        ManagerIdentity holder = next.holder().orElseThrow();
        return entities.createQuery("UPDATE LeaseRow l SET l.term = :term, l.holder = :holder, l.grpcAddress = :grpc,"
                                + " l.httpUrl = :http, l.beat = :next, l.released = :released, l.takeoverMillis = :takeover, l.since = :since"
                                + " WHERE l.name = :name AND l.beat = :beat")
                        .setParameter("term", next.term().toString())
                        .setParameter("holder", holder.id())
                        .setParameter("grpc", holder.grpcAddress())
                        .setParameter("http", holder.httpUrl())
                        .setParameter("next", next.beat())
                        .setParameter("released", next.released())
                        .setParameter("takeover", next.takeover().toMillis())
                        .setParameter("since", LocalDateTime.ofInstant(next.since(), ZoneOffset.UTC))
                        .setParameter("name", LeaseRow.LEADER)
                        .setParameter("beat", beat)
                        .executeUpdate()
                == 1;
    }

    /**
     * Checks that the term still leads, and keeps other managers from claiming the row before the current transaction
     * has ended. To be called in a transaction that writes on the leader's behalf.
     *
     * @return false if another term leads; the transaction must then write nothing
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public boolean keep(UUID term) {
        // Limits how long a leader that stops in the middle can hold the row: the database then ends its transaction.
        entities.createNativeQuery("SET LOCAL idle_in_transaction_session_timeout = 2000")
                .executeUpdate();
        return entities.createQuery("UPDATE LeaseRow l SET l.released = FALSE"
                                + " WHERE l.name = :name AND l.term = :term AND l.released = FALSE")
                        .setParameter("name", LeaseRow.LEADER)
                        .setParameter("term", term.toString())
                        .executeUpdate()
                == 1;
    }
}
