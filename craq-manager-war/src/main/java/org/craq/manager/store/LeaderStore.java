package org.craq.manager.store;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import org.craq.core.chain.Chain;
import org.craq.core.chain.NodeId;
import org.craq.core.membership.Registration;
import org.craq.core.membership.Wish;
import org.craq.security.UserRecords;

/**
 * Writes that only the leader may make. Each method is one transaction, which checks the leader's term and holds its
 * row until the end, so that nothing that a former leader began can be committed after its successor has started to
 * read.
 */
@ApplicationScoped
@Transactional
public class LeaderStore {
    @Inject
    private LeaseStore lease;

    @Inject
    private MembershipStore membership;

    @Inject
    private WishStore wishes;

    @Inject
    private UserStore users;

    /**
     * See {@link MembershipStore#replace}.
     *
     * @return false also if another term leads
     */
    public boolean replace(UUID term, Chain next) {
        return lease.keep(term) && membership.replace(next);
    }

    /**
     * See {@link WishStore#replace}.
     *
     * @return false also if another term leads
     */
    public boolean replace(UUID term, Wish next) {
        return lease.keep(term) && wishes.replace(next);
    }

    /**
     * See {@link UserStore#replace}.
     *
     * @return false also if another term leads
     */
    public boolean replace(UUID term, UserRecords before, UserRecords after) {
        return lease.keep(term) && users.replace(before, after);
    }

    /**
     * See {@link MembershipStore#forget}.
     *
     * @return false if another term leads; nothing has changed then
     */
    public boolean forget(UUID term, Set<NodeId> nodes, Instant since) {
        boolean leads = lease.keep(term);
        if (leads) {
            membership.forget(nodes, since);
        }
        return leads;
    }

    /**
     * See {@link MembershipStore#register}.
     *
     * @return false if another term leads; nothing has changed then
     */
    public boolean register(UUID term, Registration registration) {
        boolean leads = lease.keep(term);
        if (leads) {
            membership.register(registration);
        }
        return leads;
    }
}
