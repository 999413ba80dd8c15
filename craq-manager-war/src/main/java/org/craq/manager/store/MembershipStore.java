package org.craq.manager.store;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.craq.core.chain.Chain;
import org.craq.core.chain.ChainId;
import org.craq.core.chain.Epoch;
import org.craq.core.chain.Member;
import org.craq.core.chain.NodeId;
import org.craq.core.chain.Seq;
import org.craq.core.membership.Registration;

/** Chains and nodes in the database. Each method is one transaction; after an exception its outcome is unknown. */
@ApplicationScoped
@Transactional
public class MembershipStore {
    @PersistenceContext(unitName = "craq-manager")
    private EntityManager entities;

    public List<Registration> nodes() {
        return entities.createQuery("SELECT n FROM NodeRow n", NodeRow.class)
                .getResultStream()
                .map(NodeRow::registration)
                .toList();
    }

    public Optional<Chain> chain(ChainId id) {
        return Optional.ofNullable(entities.find(ChainRow.class, id.value())).map(this::chain);
    }

    /** Records a registration, replacing an earlier one of the same node; idempotent. */
    public void register(Registration registration) {
        NodeRow row = entities.find(NodeRow.class, registration.node().value());
        if (row == null) {
            entities.persist(new NodeRow(registration));
        } else {
            row.set(registration);
        }
    }

    /**
     * Deletes those of the nodes that have not registered since that time; none of them may be in a chain. Idempotent.
     */
    public void forget(Set<NodeId> nodes, Instant since) {
        entities.createQuery("DELETE FROM NodeRow n WHERE n.nodeId IN :nodes AND n.registeredAt < :since")
                .setParameter("nodes", nodes.stream().map(NodeId::value).toList())
                .setParameter("since", LocalDateTime.ofInstant(since, ZoneOffset.UTC))
                .executeUpdate();
    }

    /**
     * Records the chain by compare-and-set, if the recorded revision is the one before its own, and retires the
     * incarnations that it leaves out.
     *
     * @return false if another revision is recorded; nothing has changed then
     */
    public boolean replace(Chain next) {
        Optional<Chain> before = chain(next.id());
        if (before.map(Chain::revision).orElse(0L) != next.revision() - 1) {
            return false;
        }
        // Detaches the rows read above, so that they are not mistaken for those written below.
        entities.clear();
        if (before.isEmpty()) {
            entities.persist(new ChainRow(next));
            entities.flush();
        } else if (!advance(next)) {
            return false;
        }
        before.ifPresent(chain -> retireThoseLeftOut(chain, next));
        replaceMembers(next);
        return true;
    }

    /** The decisive comparison, made by the database in the statement that writes. */
    private boolean advance(Chain next) {
        return entities.createQuery(
                                "UPDATE ChainRow c SET c.epoch = :epoch, c.revision = :revision, c.horizon = :horizon"
                                        + " WHERE c.chainId = :chain AND c.revision = :before")
                        .setParameter("epoch", next.epoch().value())
                        .setParameter("revision", next.revision())
                        .setParameter("horizon", next.horizon().value())
                        .setParameter("chain", next.id().value())
                        .setParameter("before", next.revision() - 1)
                        .executeUpdate()
                == 1;
    }

    private void replaceMembers(Chain next) {
        entities.createQuery("DELETE FROM MemberRow m WHERE m.chainId = :chain")
                .setParameter("chain", next.id().value())
                .executeUpdate();
        List<Member> line = next.line();
        for (int i = 0; i < line.size(); i++) {
            boolean learner = i >= next.members().size();
            entities.persist(new MemberRow(next.id().value(), i, line.get(i), learner));
        }
    }

    private void retireThoseLeftOut(Chain before, Chain next) {
        before.line().stream()
                .filter(member -> !next.has(member.node(), member.incarnation()))
                .forEach(member -> entities.createQuery(
                                "UPDATE NodeRow n SET n.retired = TRUE WHERE n.nodeId = :node AND n.incarnation = :life")
                        .setParameter("node", member.node().value())
                        .setParameter("life", member.incarnation().toString())
                        .executeUpdate());
    }

    private Chain chain(ChainRow row) {
        Map<Boolean, List<Member>> byLearner = entities.createQuery(
                        "SELECT m FROM MemberRow m WHERE m.chainId = :chain ORDER BY m.position", MemberRow.class)
                .setParameter("chain", row.chainId())
                .getResultStream()
                .collect(Collectors.partitioningBy(
                        MemberRow::learner, Collectors.mapping(MemberRow::member, Collectors.toList())));
        return new Chain(
                new ChainId(row.chainId()),
                new Epoch(row.epoch()),
                byLearner.get(false),
                byLearner.get(true),
                row.revision(),
                new Seq(row.horizon()));
    }
}
