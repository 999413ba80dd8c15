package org.craq.client;

import java.util.List;
import java.util.Optional;

/** A chain as the manager has it configured. The members stand in order, head first. */
public record ChainInfo(String chainId, long epoch, List<MemberInfo> members) {
    public ChainInfo {
        members = List.copyOf(members);
    }

    public Optional<MemberInfo> member(String nodeId) {
        return members.stream().filter(member -> member.nodeId().equals(nodeId)).findFirst();
    }
}
