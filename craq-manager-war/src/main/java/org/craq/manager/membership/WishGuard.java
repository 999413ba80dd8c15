package org.craq.manager.membership;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.craq.core.chain.Chain;
import org.craq.core.chain.Member;
import org.craq.core.chain.NodeId;
import org.craq.core.chain.NodeState;
import org.craq.core.membership.Wish;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/**
 * Creates the wish that a request asks for, or refuses a request that would lose data or availability. Pure.
 *
 * @param insists accept the risk that the chain is down or short of copies for a while; then only a change that the
 * chain cannot survive is refused
 */
record WishGuard(Survey now, boolean insists) {
    /**
     * Returns the wish that makes a registered node a member.
     *
     * @throws CraqException with the reason for a refusal
     */
    Wish add(NodeId node) {
        NodeState state = find(node).orElseThrow(() -> unknown(node));
        Chain chain = now.chain();
        Wish wish = now.wish();
        if (!wish.unwanted().contains(node)) {
            if (wish.wanted().contains(node)) {
                return wish;
            }
            if (chain.member(node).isPresent()) {
                throw refused(node + " is already a member of chain " + chain.id());
            }
        }
        if (!state.alive() && !insists) {
            throw refused(node + " has registered, but is not up at the moment; start it, or use force=true");
        }
        Wish next = wish.with(node, chain);
        if (next.length() > ChainRules.LONGEST) {
            throw refused("a chain has at most " + ChainRules.LONGEST + " members");
        }
        return next;
    }

    /**
     * Returns the wish that removes a node.
     *
     * @throws CraqException with the reason for a refusal
     */
    Wish remove(NodeId node) {
        Chain chain = now.chain();
        Wish wish = now.wish();
        Optional<Member> place = chain.member(node);
        if (place.isEmpty() && !wish.wanted().contains(node)) {
            throw new CraqException(
                    ErrorCode.NOT_FOUND,
                    node + " is not a member of chain " + chain.id() + "; its members are " + names(chain.members()));
        }
        if (wish.unwanted().contains(node)) {
            return wish;
        }
        if (chain.members().stream().anyMatch(each -> each.node().equals(node))) {
            requireSurvivors(node);
        }
        return wish.without(node);
    }

    private void requireSurvivors(NodeId node) {
        List<Member> rest = now.wish()
                .staying(now.chain())
                .filter(each -> !each.node().equals(node))
                .toList();
        if (rest.stream().noneMatch(Member::complete)) {
            throw refused("without " + node + " no complete copy of the files would be left; add another node first,"
                    + " and wait until it has caught up");
        }
        if (rest.stream().noneMatch(each -> each.complete() && Wish.up(each, now.nodes()))) {
            throw refused(node + " is the only complete member that is up; bring one of " + names(rest) + " up first");
        }
        int places = now.wish().length() - 1;
        if (rest.size() < places && !insists) {
            throw refused("the chain already lacks a member: without " + node + " there would be "
                    + rest.size() + " copies, not " + places
                    + ", of each file; wait until another node has joined, or use"
                    + " force=true");
        }
        List<Member> weak = rest.stream()
                .filter(each -> !each.complete() || !Wish.up(each, now.nodes()))
                .toList();
        if (!weak.isEmpty() && !insists) {
            throw refused(names(weak) + " is down or has not caught up: without " + node
                    + " the files would have too few copies; wait, or use force=true");
        }
    }

    private CraqException unknown(NodeId node) {
        String known = now.nodes().nodes().stream()
                .map(state -> state.node().value())
                .sorted()
                .collect(Collectors.joining(", "));
        return new CraqException(
                ErrorCode.NOT_FOUND, "no node " + node + " has registered; start it first. Registered nodes: " + known);
    }

    private Optional<NodeState> find(NodeId node) {
        return now.nodes().nodes().stream()
                .filter(state -> state.node().equals(node))
                .findFirst();
    }

    private static CraqException refused(String why) {
        return new CraqException(ErrorCode.CHANGE_REFUSED, why);
    }

    private static String names(List<Member> members) {
        return members.stream().map(member -> member.node().value()).collect(Collectors.joining(", "));
    }
}
