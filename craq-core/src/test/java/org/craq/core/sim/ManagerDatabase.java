package org.craq.core.sim;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.craq.core.chain.Chain;
import org.craq.core.chain.Incarnation;
import org.craq.core.chain.Member;
import org.craq.core.chain.NodeId;
import org.craq.core.leadership.LeaseRecord;
import org.craq.core.membership.Registration;

/** The database shared by all managers. Each method is one transaction; nothing in it is ever lost. */
final class ManagerDatabase {
    /** Everything that a new leader reads. */
    record Contents(List<Registration> nodes, Optional<Chain> chain, long rights) {}

    private final World world;
    private final Lineage lineage = new Lineage();
    private final Map<NodeId, Registration> nodes = new TreeMap<>();
    private LeaseRecord lease =
            new LeaseRecord(new UUID(0, 0), Optional.empty(), 0, true, Duration.ZERO, Instant.EPOCH);
    private Optional<Chain> chain = Optional.empty();
    private long rights = 1;

    ManagerDatabase(World world) {
        this.world = world;
    }

    LeaseRecord lease() {
        return lease;
    }

    /** Replaces the lease row by compare-and-set. */
    boolean replace(long beat, LeaseRecord next) {
        boolean same = lease.beat() == beat;
        if (same) {
            if (!next.term().equals(lease.term())) {
                world.trace()
                        .note(
                                "a new term begins for",
                                next.holder().orElseThrow().id());
            }
            lease = next;
        }
        return same;
    }

    Contents contents() {
        return new Contents(List.copyOf(nodes.values()), chain, rights);
    }

    /** Returns the configuration recorded last. */
    Optional<Chain> chain() {
        return chain;
    }

    /** Records a registration; returns false if another term leads. */
    boolean register(UUID term, Registration registration) {
        boolean leads = leads(term);
        if (leads) {
            nodes.put(registration.node(), registration);
        }
        return leads;
    }

    /** Records a chain by compare-and-set on its revision; returns false also if another term leads. */
    boolean replace(UUID term, Chain next) {
        long recorded = chain.map(Chain::revision).orElse(0L);
        if (!leads(term) || recorded != next.revision() - 1) {
            return false;
        }
        lineage.follows(chain, next);
        world.trace().note("recorded:", next);
        chain.ifPresent(before -> before.line().stream()
                .filter(member -> !next.has(member.node(), member.incarnation()))
                .forEach(this::retire));
        chain = Optional.of(next);
        if (next.members().stream()
                .filter(Member::complete)
                .allMatch(member -> world.isDiskLost(member.incarnation()))) {
            throw new BeyondPromise();
        }
        world.invariants().check();
        return true;
    }

    /** Records a change of the rights of users; returns the new version, or 0 if another term leads. */
    long changeRights(UUID term) {
        boolean fenced = !leads(term) && !world.has(Flaw.RIGHTS_CHANGED_WITHOUT_FENCE);
        if (fenced) {
            return 0;
        }
        rights++;
        world.trace().note("rights have version", rights);
        return rights;
    }

    private boolean leads(UUID term) {
        return world.has(Flaw.CHAIN_WRITTEN_WITHOUT_FENCE) || (lease.term().equals(term) && !lease.released());
    }

    private void retire(Member member) {
        nodes.computeIfPresent(
                member.node(),
                (id, row) -> row.incarnation().equals(member.incarnation())
                        ? new Registration(
                                id, row.incarnation(), row.grpcAddress(), row.httpUrl(), row.registeredAt(), true)
                        : row);
    }

    /** Returns true for an incarnation that is a member now. */
    boolean isMember(NodeId node, Incarnation incarnation) {
        return chain.filter(now -> now.members().stream().anyMatch(member -> member.is(node, incarnation)))
                .isPresent();
    }
}
