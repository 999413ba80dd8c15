package org.craq.wire;

import java.util.List;
import org.craq.core.chain.Chain;
import org.craq.core.chain.ChainId;
import org.craq.core.chain.Epoch;
import org.craq.core.chain.Incarnation;
import org.craq.core.chain.Member;
import org.craq.core.chain.NodeId;
import org.craq.core.chain.Seq;
import org.craq.wire.v1.ChainConfiguration;
import org.craq.wire.v1.Version;

/**
 * Converts chain configurations and reports to and from their wire format. Malformed messages raise
 * IllegalArgumentException.
 */
public final class ChainWire {
    private ChainWire() {}

    public static ChainConfiguration toWire(Chain chain) {
        ChainConfiguration.Builder builder = ChainConfiguration.newBuilder()
                .setChainId(chain.id().value())
                .setEpoch(chain.epoch().value())
                .setRevision(chain.revision())
                .setHorizon(chain.horizon().value());
        chain.members().forEach(member -> builder.addMembers(toWire(member)));
        chain.learners().forEach(learner -> builder.addLearners(toWire(learner)));
        return builder.build();
    }

    public static Chain toCore(ChainConfiguration chain) {
        return new Chain(
                new ChainId(chain.getChainId()),
                new Epoch(chain.getEpoch()),
                members(chain.getMembersList()),
                members(chain.getLearnersList()),
                chain.getRevision(),
                new Seq(chain.getHorizon()));
    }

    private static List<Member> members(List<org.craq.wire.v1.Member> members) {
        return members.stream().map(ChainWire::toCore).toList();
    }

    public static org.craq.wire.v1.Member toWire(Member member) {
        return org.craq.wire.v1.Member.newBuilder()
                .setNodeId(member.node().value())
                .setIncarnation(member.incarnation().toString())
                .setGrpcAddress(member.grpcAddress())
                .setHttpUrl(member.httpUrl())
                .setComplete(member.complete())
                .build();
    }

    public static Member toCore(org.craq.wire.v1.Member member) {
        return new Member(
                new NodeId(member.getNodeId()),
                Incarnation.parse(member.getIncarnation()),
                member.getGrpcAddress(),
                member.getHttpUrl(),
                member.getComplete());
    }

    public static org.craq.wire.v1.ReplicaReport toWire(org.craq.core.chain.ReplicaReport report) {
        return org.craq.wire.v1.ReplicaReport.newBuilder()
                .setChainId(report.chain().value())
                .setEpoch(report.epoch().value())
                .setLast(Version.newBuilder()
                        .setEpoch(report.lastEpoch().value())
                        .setSeq(report.last().value()))
                .setPreparedMark(report.prepared().value())
                .setCommitMark(report.commit().value())
                .setSettledMark(report.settled().value())
                .setComplete(report.complete())
                .build();
    }

    public static org.craq.core.chain.ReplicaReport toCore(org.craq.wire.v1.ReplicaReport report) {
        return new org.craq.core.chain.ReplicaReport(
                new ChainId(report.getChainId()),
                new Epoch(report.getEpoch()),
                new Epoch(report.getLast().getEpoch()),
                new Seq(report.getLast().getSeq()),
                new Seq(report.getPreparedMark()),
                new Seq(report.getCommitMark()),
                new Seq(report.getSettledMark()),
                report.getComplete());
    }
}
