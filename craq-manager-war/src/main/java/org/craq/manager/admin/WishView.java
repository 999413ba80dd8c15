package org.craq.manager.admin;

import java.util.List;
import java.util.Set;
import org.craq.core.chain.NodeId;
import org.craq.core.membership.Wish;

/**
 * What administrators have requested for a chain.
 *
 * @param length how many members it should have
 * @param wanted nodes that are admitted before others
 * @param unwanted nodes that are removed, and not admitted again
 */
public record WishView(int length, List<String> wanted, List<String> unwanted) {
    static WishView of(Wish wish) {
        return new WishView(wish.length(), names(wish.wanted()), names(wish.unwanted()));
    }

    private static List<String> names(Set<NodeId> nodes) {
        return nodes.stream().map(NodeId::value).sorted().toList();
    }
}
