package org.craq.manager.admin;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.craq.core.chain.Chain;
import org.craq.core.chain.Epoch;
import org.craq.core.chain.Member;
import org.craq.core.chain.ReplicaReport;
import org.craq.core.chain.Role;
import org.craq.core.chain.Seq;
import org.craq.manager.membership.ChainStatus;
import org.craq.manager.membership.ChainStatus.MemberStatus;

/** GET /v1/admin/chains. */
public record ChainsView(List<ChainView> chains) {
    /**
     * One chain.
     *
     * @param epoch 0 until the chain is formed
     * @param horizon seq at or below which members forget tombstones and pruned versions
     * @param wish what administrators have requested for it
     * @param note what the manager decided last or is waiting for
     * @param members head first
     * @param learners the node that is catching up behind the tail, if any
     */
    public record ChainView(
            String chainId,
            long epoch,
            long revision,
            long horizon,
            WishView wish,
            String note,
            List<MemberView> members,
            List<MemberView> learners) {}

    /**
     * One member.
     *
     * @param complete as recorded
     * @param alive whether it was heard from recently
     * @param leaseAgeMillis time since the last lease was granted; null if this manager has granted none
     * @param report null if the node has not reported on this chain yet
     */
    public record MemberView(
            String nodeId,
            String role,
            boolean complete,
            boolean alive,
            String incarnation,
            String grpcAddress,
            String httpUrl,
            Long leaseAgeMillis,
            ReportView report) {}

    /** The member's report in its last heartbeat. */
    public record ReportView(
            long epoch, long lastEpoch, long lastSeq, long preparedMark, long commitMark, boolean complete) {}

    static ChainsView of(List<ChainStatus> chains) {
        return new ChainsView(chains.stream().map(ChainsView::of).toList());
    }

    private static ChainView of(ChainStatus status) {
        return new ChainView(
                status.id().value(),
                status.chain().map(Chain::epoch).map(Epoch::value).orElse(0L),
                status.chain().map(Chain::revision).orElse(0L),
                status.chain().map(Chain::horizon).map(Seq::value).orElse(0L),
                WishView.of(status.wish()),
                status.note(),
                views(status, status.members()),
                views(status, status.learners()));
    }

    private static List<MemberView> views(ChainStatus status, List<MemberStatus> members) {
        return members.stream()
                .map(member -> of(
                        member,
                        status.chain()
                                .flatMap(chain -> chain.role(member.member().node()))))
                .toList();
    }

    private static MemberView of(MemberStatus status, Optional<Role> role) {
        Member member = status.member();
        return new MemberView(
                member.node().value(),
                role.map(Role::name).orElse(null),
                member.complete(),
                status.alive(),
                member.incarnation().toString(),
                member.grpcAddress(),
                member.httpUrl(),
                status.sinceLease().map(Duration::toMillis).orElse(null),
                status.report().map(ChainsView::of).orElse(null));
    }

    private static ReportView of(ReplicaReport report) {
        return new ReportView(
                report.epoch().value(),
                report.lastEpoch().value(),
                report.last().value(),
                report.prepared().value(),
                report.commit().value(),
                report.complete());
    }
}
