package org.craq.manager.membership;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.craq.core.chain.Chain;
import org.craq.core.chain.ChainPlanner;
import org.craq.core.chain.ChainPlanner.Change;
import org.craq.core.chain.ChainPlanner.Decision;
import org.craq.core.chain.Incarnation;
import org.craq.core.chain.Member;
import org.craq.core.chain.NodeState;
import org.craq.core.chain.NodeStates;
import org.craq.core.chain.ReplicaReport;
import org.craq.core.chain.Seq;
import org.craq.core.membership.Wish;

/**
 * What the planner will do about a wish if nothing else happens: nodes that are up stay up, and those that have to
 * catch up do so.
 *
 * @param steps in order; empty if there is nothing to do
 * @param end why no further step follows
 */
public record Forecast(List<Step> steps, String end) {
    /** One change, with its reason. */
    public record Step(Chain chain, String reason) {}

    private static final int MOST_STEPS = 20;

    public Forecast {
        steps = List.copyOf(steps);
    }

    static Forecast of(Survey now) {
        Wish wish = now.wish();
        ChainPlanner planner = new ChainPlanner(wish.length());
        Chain chain = now.chain();
        NodeStates nodes = now.nodes();
        List<Step> steps = new ArrayList<>();
        while (steps.size() < MOST_STEPS) {
            NodeStates seen = wish.eligible(Optional.of(chain), wish.afterDismissal(chain, nodes));
            Decision decision = planner.next(chain.id(), Optional.of(chain), seen);
            if (!(decision instanceof Change change)) {
                return new Forecast(steps, decision.reason());
            }
            steps.add(new Step(change.chain(), wish.reason(chain, change)));
            chain = change.chain();
            nodes = settled(chain, nodes);
        }
        return new Forecast(steps, "more steps would follow");
    }

    /** Returns the states in which every node of the chain that is up has a lease and all entries. */
    private static NodeStates settled(Chain chain, NodeStates nodes) {
        Set<Incarnation> mayAct = new HashSet<>(nodes.mayAct());
        List<NodeState> states = new ArrayList<>();
        for (NodeState state : nodes.nodes()) {
            Optional<Member> place = chain.line().stream()
                    .filter(member -> state.alive() && member.is(state.node(), state.incarnation()))
                    .findFirst();
            place.ifPresent(member -> mayAct.add(member.incarnation()));
            states.add(place.isEmpty() ? state : caughtUp(state, chain, nodes));
        }
        return new NodeStates(states, mayAct, nodes.graceOver());
    }

    private static NodeState caughtUp(NodeState state, Chain chain, NodeStates nodes) {
        Seq last =
                nodes.nodes().stream().map(NodeState::last).max(Seq::compareTo).orElse(Seq.NONE);
        return new NodeState(
                state.node(),
                state.incarnation(),
                state.grpcAddress(),
                state.httpUrl(),
                true,
                Optional.of(new ReplicaReport(
                        chain.id(), chain.epoch(), chain.epoch(), last, last, last, chain.horizon(), true)));
    }
}
