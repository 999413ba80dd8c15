package org.craq.client.internal;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.craq.client.Answered;
import org.craq.client.ChainInfo;
import org.craq.client.Consistency;
import org.craq.client.FileInfo;
import org.craq.client.FileVersion;
import org.craq.client.Freshness;
import org.craq.client.MemberInfo;
import org.craq.client.Precondition;
import org.craq.client.Receipt;
import org.craq.client.VersionInfo;
import org.craq.core.chain.Role;
import org.craq.wire.v1.ChainConfiguration;
import org.craq.wire.v1.Member;
import org.craq.wire.v1.Version;

/** Converts between the values of the client and those of the wire protocol. Pure. */
final class WireValues {
    private WireValues() {}

    static FileVersion version(Version version) {
        return new FileVersion(version.getEpoch(), version.getSeq());
    }

    static Version version(FileVersion version) {
        return Version.newBuilder()
                .setEpoch(version.epoch())
                .setSeq(version.seq())
                .build();
    }

    static Receipt receipt(org.craq.wire.v1.Receipt receipt) {
        return new Receipt(
                receipt.getName(),
                version(receipt.getVersion()),
                receipt.getLength(),
                receipt.getCrc32C(),
                receipt.getMembersList(),
                receipt.getEpoch(),
                receipt.getSession());
    }

    static FileInfo file(org.craq.wire.v1.FileInfo file, org.craq.wire.v1.Answered answered) {
        return new FileInfo(
                file.getName(),
                version(file.getVersion()),
                file.getLength(),
                file.getCrc32C(),
                file.getContentType(),
                file.getUserMetadataMap(),
                Instant.ofEpochMilli(file.getCreatedAtMillis()),
                file.getChunkSize(),
                file.getClean(),
                new Answered(
                        answered.getNodeId(),
                        Consistency.valueOf(answered.getConsistency().name()),
                        answered.getSession()));
    }

    static VersionInfo version(org.craq.wire.v1.VersionInfo version, org.craq.wire.v1.Answered answered) {
        return new VersionInfo(file(version.getFile(), answered), version.getDeleted(), version.getPruned());
    }

    static ChainInfo chain(ChainConfiguration chain) {
        List<MemberInfo> members = new ArrayList<>();
        int size = chain.getMembersCount();
        for (int i = 0; i < size; i++) {
            Member member = chain.getMembers(i);
            members.add(new MemberInfo(
                    member.getNodeId(),
                    role(i, size),
                    member.getGrpcAddress(),
                    member.getHttpUrl(),
                    member.getComplete()));
        }
        return new ChainInfo(chain.getChainId(), chain.getEpoch(), members);
    }

    private static Role role(int place, int size) {
        if (size == 1) {
            return Role.ONLY;
        }
        return place == 0 ? Role.HEAD : place == size - 1 ? Role.TAIL : Role.MIDDLE;
    }

    static org.craq.wire.v1.Freshness freshness(Freshness freshness) {
        org.craq.wire.v1.Freshness.Builder wire = org.craq.wire.v1.Freshness.newBuilder()
                .setConsistency(org.craq.wire.v1.Consistency.valueOf(
                        freshness.consistency().name()))
                .setSession(freshness.session().orElse(""));
        freshness.maxAge().map(Duration::toMillis).ifPresent(wire::setMaxAgeMillis);
        freshness.maxLag().ifPresent(wire::setMaxLag);
        return wire.build();
    }

    static org.craq.wire.v1.Precondition precondition(Precondition precondition) {
        org.craq.wire.v1.Precondition.Builder wire = org.craq.wire.v1.Precondition.newBuilder();
        if (precondition instanceof Precondition.IfVersion wanted) {
            return wire.setIfVersion(version(wanted.version())).build();
        }
        return precondition instanceof Precondition.IfPresent
                ? wire.setIfPresent(true).build()
                : wire.setIfAbsent(true).build();
    }
}
