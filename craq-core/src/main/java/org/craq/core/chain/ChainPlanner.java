package org.craq.core.chain;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Decides how a chain's configuration changes: a pure function of the current configuration and of what is known about
 * the nodes. The manager calls it repeatedly, and records each change before anything acts on it.
 *
 * <p>Each call takes one step, the first that applies:
 *
 * <ul>
 *   <li>form: no chain yet, enough nodes, all logs empty -> epoch 1, ordered by node id, all complete;
 *   <li>record: an incomplete member reports complete in this epoch -> it is recorded as complete, same epoch;
 *   <li>remove: a member's incarnation is fenced, and another complete member is up -> next epoch without it;
 *   <li>revive: every complete member's incarnation is fenced -> next epoch with those complete members that are up
 *       again in a new incarnation, longest log first; behind them an incomplete tail whose lease may still run;
 *   <li>dismiss: the learner is gone -> same epoch without it;
 *   <li>promote: all members are complete, the learner is close -> next epoch with it as incomplete tail;
 *   <li>admit: all members are complete, there is room for one more -> same epoch with another node as learner;
 *   <li>forget: all members are complete, and all members and learners report entries settled above the horizon -> same
 *       epoch, with the horizon raised to the lowest seq that they report. So no member or learner is ever behind the
 *       horizon; a node that returns from below it restarts from an empty log.
 * </ul>
 *
 * <p>Guarantees: the head is always recorded complete; at most one member, the tail, is not; only members of the last
 * recorded complete set ever become head; an incarnation that has been removed never returns.
 */
public final class ChainPlanner {
    /** What to do, with a reason for people to read. */
    public sealed interface Decision permits Change, Stay {
        String reason();
    }

    /** Record this configuration, whose revision is that of the current one plus 1. */
    public record Change(Chain chain, String reason) implements Decision {
        public Change {
            Objects.requireNonNull(chain);
            Objects.requireNonNull(reason);
        }
    }

    /** Leave the configuration unchanged; the reason says what is being waited for. */
    public record Stay(String reason) implements Decision {
        public Stay {
            Objects.requireNonNull(reason);
        }
    }

    /** A learner that lacks at most this many entries becomes the tail; commits then wait until it has them. */
    static final long CLOSE_ENTRIES = 256;

    private static final Comparator<NodeState> LONGEST_LOG_FIRST = Comparator.comparing(NodeState::lastEpoch)
            .thenComparing(NodeState::last)
            .reversed();

    private final int length;

    /**
     * Creates a planner for chains of one length.
     *
     * @param length how many nodes the first epoch waits for, and the maximum number of members
     */
    public ChainPlanner(int length) {
        if (length < 1) {
            throw new IllegalArgumentException("a chain has at least one member: " + length);
        }
        this.length = length;
    }

    public Decision next(ChainId id, Optional<Chain> current, NodeStates nodes) {
        if (current.isEmpty()) {
            return form(id, nodes);
        }
        Chain chain = current.get();
        return standBack(chain, nodes)
                .or(() -> record(chain, nodes))
                .or(() -> remove(chain, nodes))
                .or(() -> revive(chain, nodes))
                .or(() -> dismiss(chain, nodes))
                .or(() -> promote(chain, nodes))
                .or(() -> admit(chain, nodes))
                .or(() -> forget(chain, nodes))
                .orElseGet(() -> new Stay(condition(chain, nodes)));
    }

    /**
     * Returns true if no complete member may act any more, but at least one is up again, so that the grace period is
     * running.
     */
    public static boolean awaitsRevival(Chain chain, NodeStates nodes) {
        return down(chain, nodes) && !revenants(chain, nodes).isEmpty();
    }

    private Decision form(ChainId id, NodeStates nodes) {
        List<NodeState> present = nodes.nodes().stream()
                .filter(NodeState::alive)
                .sorted(Comparator.comparing(NodeState::node))
                .toList();
        List<NodeState> filled =
                present.stream().filter(state -> !state.empty()).toList();
        if (!filled.isEmpty()) {
            return new Stay("no configuration of chain " + id + " is recorded, but " + names(filled)
                    + " hold entries of it: the manager's database is not the one that these nodes belong to;"
                    + " give the manager its former database, or start the nodes with empty ones");
        }
        if (present.size() < length) {
            return new Stay(present.size() + " of " + length + " nodes have registered"
                    + (present.isEmpty() ? "" : ": " + names(present)));
        }
        List<Member> members = present.stream()
                .limit(length)
                .map(state -> state.asMember(true))
                .toList();
        return new Change(new Chain(id, Epoch.NONE.next(), members, 1), "all " + length + " nodes have registered");
    }

    /**
     * Stays if nodes know later epochs than the manager. Every epoch is recorded before a member acts in it, so such a
     * node has it from a newer database than the manager's.
     */
    private static Optional<Decision> standBack(Chain chain, NodeStates nodes) {
        List<NodeState> ahead = nodes.nodes().stream()
                .filter(state -> state.alive() && chain.member(state.node()).isPresent())
                .filter(state -> state.epoch().isAfter(chain.epoch())
                        || state.lastEpoch().isAfter(chain.epoch()))
                .sorted(Comparator.comparing(NodeState::node))
                .toList();
        return ahead.isEmpty()
                ? Optional.empty()
                : Optional.of(new Stay(names(ahead) + " know later epochs of chain " + chain.id() + " than "
                        + chain.epoch() + ", the last that is recorded: the manager's database is older than theirs;"
                        + " give the manager its former database, or put all databases back to the same time"));
    }

    private static Optional<Decision> record(Chain chain, NodeStates nodes) {
        return chain.members().stream()
                .filter(member -> !member.complete() && reportsComplete(chain, member, nodes))
                .findFirst()
                .map(member -> {
                    List<Member> members = chain.members().stream()
                            .map(each -> each.equals(member) ? each.asComplete() : each)
                            .toList();
                    return new Change(
                            within(chain, members, chain.learners(), chain.horizon()),
                            member.node() + " has caught up");
                });
    }

    private static boolean reportsComplete(Chain chain, Member member, NodeStates nodes) {
        return report(chain, member, nodes).filter(ReplicaReport::complete).isPresent();
    }

    private static Optional<Decision> remove(Chain chain, NodeStates nodes) {
        return chain.members().stream()
                .filter(nodes::fenced)
                .filter(member -> removable(chain, member, nodes))
                .findFirst()
                .map(member -> change(
                        chain,
                        without(chain, member),
                        chain.learners(),
                        member.node() + " lost its lease, left or restarted"));
    }

    /**
     * Nobody is removed while no other complete member is up: if all nodes fail together, every complete member stays
     * recorded, and any of them can bring the chain back.
     */
    private static boolean removable(Chain chain, Member member, NodeStates nodes) {
        List<Member> rest = without(chain, member);
        return !rest.isEmpty()
                && rest.get(0).complete()
                && rest.stream().anyMatch(other -> other.complete() && nodes.lives(other) && !nodes.fenced(other));
    }

    private static Optional<Decision> revive(Chain chain, NodeStates nodes) {
        if (!down(chain, nodes)) {
            return Optional.empty();
        }
        List<NodeState> present = revenants(chain, nodes);
        List<NodeId> missing = complete(chain)
                .map(Member::node)
                .filter(node -> nodes.alive(node).isEmpty())
                .toList();
        if (present.isEmpty()) {
            return Optional.of(new Stay("no complete member is up; the chain needs one of " + list(missing)));
        }
        if (!missing.isEmpty() && !nodes.graceOver()) {
            return Optional.of(
                    new Stay(names(present) + " up again; waiting until the grace period ends for " + list(missing)));
        }
        List<NodeState> filled =
                present.stream().filter(state -> !state.empty()).toList();
        if (filled.isEmpty() && !missing.isEmpty()) {
            return Optional.of(
                    new Stay(names(present) + " came back with an empty log; the data may be on " + list(missing)));
        }
        // A node that comes back with an empty log has most likely lost its disk: it may rejoin as a learner, but must
        // not start an epoch.
        List<Member> members = new ArrayList<>((filled.isEmpty() ? present : filled)
                .stream()
                        .sorted(LONGEST_LOG_FIRST)
                        .map(state -> state.asMember(true))
                        .toList());
        // It may have become complete without having reported it, and may answer reads while its lease lasts.
        chain.members().stream()
                .filter(member -> !member.complete() && !nodes.fenced(member))
                .forEach(members::add);
        return Optional.of(change(chain, members, List.of(), "the whole chain was down"));
    }

    private static Optional<Decision> dismiss(Chain chain, NodeStates nodes) {
        return chain.learners().stream()
                .filter(learner -> !nodes.lives(learner) && nodes.fenced(learner))
                .findFirst()
                .map(learner -> learners(chain, List.of(), learner.node() + " went away before it had caught up"));
    }

    private Optional<Decision> promote(Chain chain, NodeStates nodes) {
        if (!hasRoom(chain)) {
            return Optional.empty();
        }
        return chain.learners().stream()
                .filter(learner -> nodes.lives(learner) && close(chain, learner, nodes))
                .findFirst()
                .map(learner -> {
                    List<Member> members = new ArrayList<>(chain.members());
                    members.add(learner);
                    return change(
                            chain, members, List.of(), learner.node() + " has nearly caught up: it becomes the tail");
                });
    }

    private boolean hasRoom(Chain chain) {
        return chain.members().size() < length
                && complete(chain).count() == chain.members().size();
    }

    private static boolean close(Chain chain, Member learner, NodeStates nodes) {
        Optional<ReplicaReport> tail = report(chain, chain.tail(), nodes);
        Optional<ReplicaReport> mine = report(chain, learner, nodes);
        return tail.isPresent()
                && mine.isPresent()
                && tail.get().last().value() - mine.get().prepared().value() <= CLOSE_ENTRIES;
    }

    private static Optional<ReplicaReport> report(Chain chain, Member member, NodeStates nodes) {
        return nodes.lives(member)
                ? nodes.alive(member.node()).flatMap(NodeState::report).filter(report -> report.epoch()
                        .equals(chain.epoch()))
                : Optional.empty();
    }

    private Optional<Decision> admit(Chain chain, NodeStates nodes) {
        if (!hasRoom(chain) || !chain.learners().isEmpty()) {
            return Optional.empty();
        }
        return nodes.nodes().stream()
                .filter(NodeState::alive)
                .filter(state -> chain.member(state.node()).isEmpty())
                // A node that acts in an epoch has been a member in this incarnation: it must first restart under a new
                // one.
                .filter(state -> state.epoch().equals(Epoch.NONE))
                .min(Comparator.comparing(NodeState::node))
                .map(state ->
                        learners(chain, List.of(state.asMember(false)), state.node() + " catches up behind the tail"));
    }

    private static Optional<Decision> forget(Chain chain, NodeStates nodes) {
        if (!chain.members().stream().allMatch(Member::complete)) {
            return Optional.empty();
        }
        List<ReplicaReport> reports = chain.line().stream()
                .flatMap(member -> report(chain, member, nodes).stream())
                .toList();
        return reports.size() < chain.line().size()
                ? Optional.empty()
                : reports.stream()
                        .map(ReplicaReport::settled)
                        .reduce(Seq::min)
                        .filter(settled -> settled.isAfter(chain.horizon()))
                        .map(settled -> new Change(
                                within(chain, chain.members(), chain.learners(), settled),
                                "entries settled up to " + settled + " may be forgotten"));
    }

    private static boolean down(Chain chain, NodeStates nodes) {
        return complete(chain).allMatch(member -> nodes.fenced(member) && !nodes.lives(member));
    }

    /** Returns the complete members of the last epoch that are up again, in chain order. */
    private static List<NodeState> revenants(Chain chain, NodeStates nodes) {
        return complete(chain)
                .flatMap(member -> nodes.alive(member.node()).stream())
                .toList();
    }

    private static Stream<Member> complete(Chain chain) {
        return chain.members().stream().filter(Member::complete);
    }

    private static List<Member> without(Chain chain, Member member) {
        return chain.members().stream().filter(each -> !each.equals(member)).toList();
    }

    private static Change change(Chain chain, List<Member> members, List<Member> learners, String reason) {
        Chain next =
                new Chain(chain.id(), chain.epoch().next(), members, learners, chain.revision() + 1, chain.horizon());
        return new Change(next, reason);
    }

    /** Changes the learners, which needs no new epoch. */
    private static Change learners(Chain chain, List<Member> learners, String reason) {
        return new Change(within(chain, chain.members(), learners, chain.horizon()), reason);
    }

    private static Chain within(Chain chain, List<Member> members, List<Member> learners, Seq horizon) {
        return new Chain(chain.id(), chain.epoch(), members, learners, chain.revision() + 1, horizon);
    }

    private String condition(Chain chain, NodeStates nodes) {
        List<NodeId> silent = chain.members().stream()
                .filter(member -> !nodes.lives(member))
                .map(Member::node)
                .toList();
        if (!silent.isEmpty()) {
            return "no heartbeat from " + list(silent);
        }
        Optional<Member> incomplete =
                chain.members().stream().filter(member -> !member.complete()).findFirst();
        if (incomplete.isPresent()) {
            return incomplete.get().node() + " is catching up";
        }
        if (!chain.learners().isEmpty()) {
            return chain.learners().get(0).node() + " is catching up as learner";
        }
        return chain.members().size() < length
                ? chain.members().size() + " of " + length + " members: waiting for another node"
                : "all members are complete";
    }

    private static String names(Collection<NodeState> nodes) {
        return list(nodes.stream().map(NodeState::node).toList());
    }

    private static String list(Collection<NodeId> nodes) {
        return nodes.stream().map(NodeId::value).collect(Collectors.joining(", "));
    }
}
