package org.craq.client;

import java.util.List;
import java.util.Optional;

/**
 * A chain as the manager has configured it.
 *
 * @param chainId id of the chain, such as "c1"
 * @param epoch version of the configuration; grows with every change
 * @param members in chain order, head first
 */
public record ChainInfo(String chainId, long epoch, List<MemberInfo> members) {
    public ChainInfo {
        members = List.copyOf(members);
    }

    /** Returns the member with this id, if the chain has one. */
    public Optional<MemberInfo> member(String nodeId) {
        return members.stream().filter(member -> member.nodeId().equals(nodeId)).findFirst();
    }
}
