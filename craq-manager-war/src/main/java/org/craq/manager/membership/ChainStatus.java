package org.craq.manager.membership;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.craq.core.chain.Chain;
import org.craq.core.chain.ChainId;
import org.craq.core.chain.Member;
import org.craq.core.chain.ReplicaReport;
import org.craq.core.membership.Wish;

/**
 * A chain at one moment.
 *
 * @param chain empty until the first epoch is formed
 * @param wish what administrators have requested for it
 * @param note what the manager decided last or is waiting for, for people
 * @param members head first
 * @param learners the node that is catching up behind the tail, if any
 */
public record ChainStatus(
        ChainId id,
        Optional<Chain> chain,
        Wish wish,
        String note,
        List<MemberStatus> members,
        List<MemberStatus> learners) {
    public ChainStatus {
        members = List.copyOf(members);
        learners = List.copyOf(learners);
    }

    /**
     * A member at one moment.
     *
     * @param alive whether the incarnation that holds the place was heard from recently
     * @param mayAct whether its lease may still run
     * @param sinceLease how long ago its last lease was granted; empty if this manager has granted none
     */
    public record MemberStatus(
            Member member,
            boolean alive,
            boolean mayAct,
            Optional<Duration> sinceLease,
            Optional<ReplicaReport> report) {}
}
