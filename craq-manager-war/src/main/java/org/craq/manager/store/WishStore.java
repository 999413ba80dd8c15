package org.craq.manager.store;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.transaction.Transactional;
import java.util.Optional;
import org.craq.core.chain.ChainId;
import org.craq.core.membership.Wish;

/** The wishes for chains in the database. Each method is one transaction. */
@ApplicationScoped
@Transactional
public class WishStore {
    @PersistenceContext(unitName = "craq-manager")
    private EntityManager entities;

    /** Returns the wish for a chain; empty if nothing has been requested. */
    public Optional<Wish> wish(ChainId chain) {
        return Optional.ofNullable(entities.find(WishRow.class, chain.value())).map(WishRow::wish);
    }

    /**
     * Records the wish by compare-and-set, if the recorded revision is the one before its own.
     *
     * @return false if another revision is recorded; nothing has changed then
     */
    public boolean replace(Wish next) {
        if (next.revision() == 1) {
            if (entities.find(WishRow.class, next.chain().value()) != null) {
                return false;
            }
            entities.persist(new WishRow(next));
            return true;
        }
        return entities.createQuery("UPDATE WishRow w SET w.length = :length, w.wanted = :wanted,"
                                + " w.unwanted = :unwanted, w.revision = :revision"
                                + " WHERE w.chainId = :chain AND w.revision = :before")
                        .setParameter("length", next.length())
                        .setParameter("wanted", WishRow.text(next.wanted()))
                        .setParameter("unwanted", WishRow.text(next.unwanted()))
                        .setParameter("revision", next.revision())
                        .setParameter("chain", next.chain().value())
                        .setParameter("before", next.revision() - 1)
                        .executeUpdate()
                == 1;
    }
}
