package org.craq.core.chain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.LongStream;
import org.craq.core.chain.ChainPlanner.Change;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random walks: nodes crash, fall silent, restart and catch up, and the planner changes the chain. After every step the
 * guarantees of membership are checked. A failure names the seed that repeats it.
 */
class ChainPlannerWalkTest {
    private static final ChainId C1 = new ChainId("c1");
    private static final int STEPS = 3_000;

    static LongStream seeds() {
        return LongStream.range(0, 60);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void keepsItsPromises(long seed) {
        Walk walk = new Walk(seed);
        for (int i = 0; i < STEPS; i++) {
            walk.step();
        }
        assertThat(walk.changes).as("the walk makes progress").isGreaterThan(20);
    }

    private static final class Node {
        final NodeId id;
        Incarnation life;
        boolean up = true;
        boolean heard = true;
        Epoch epoch = Epoch.NONE;
        boolean complete;
        long log;

        Node(String id) {
            this.id = new NodeId(id);
        }
    }

    private static final class Walk {
        private final Random random;
        private final ChainPlanner planner = new ChainPlanner(3);
        private final List<Node> nodes = new ArrayList<>();
        private final Set<Incarnation> mayAct = new HashSet<>();
        private final Set<Incarnation> removed = new HashSet<>();
        private Optional<Chain> chain = Optional.empty();
        private long told;
        int changes;

        Walk(long seed) {
            random = new Random(seed);
            for (String id : List.of("n1", "n2", "n3", "n4")) {
                Node node = new Node(id);
                nodes.add(node);
                startAnew(node);
            }
        }

        void step() {
            Node node = nodes.get(random.nextInt(nodes.size()));
            switch (random.nextInt(10)) {
                case 0 -> node.up = false;
                case 1 -> node.heard = random.nextBoolean();
                case 2, 3 -> {
                    if (!node.up) {
                        startAnew(node);
                    }
                }
                case 4 -> leaseRunsOut(node);
                case 5, 6 -> learn(node);
                case 7 -> catchUp(node);
                case 8 -> write();
                default -> plan();
            }
        }

        private void startAnew(Node node) {
            node.life = new Incarnation(new UUID(random.nextLong(), random.nextLong()));
            node.up = true;
            node.heard = true;
            node.epoch = Epoch.NONE;
            node.complete = false;
            mayAct.add(node.life);
        }

        /** The node's former incarnations end, and its current one if it sends no heartbeats. */
        private void leaseRunsOut(Node node) {
            boolean present = node.up && node.heard;
            chain.flatMap(known -> known.member(node.id))
                    .filter(member -> !present || !member.incarnation().equals(node.life))
                    .ifPresent(member -> mayAct.remove(member.incarnation()));
            if (!present) {
                mayAct.remove(node.life);
            }
        }

        /** A heartbeat delivers the configuration, and a lease unless this incarnation was removed. */
        private void learn(Node node) {
            if (!node.up || !node.heard || chain.isEmpty()) {
                return;
            }
            if (chain.get().has(node.id, node.life)) {
                mayAct.add(node.life);
                node.epoch = chain.get().epoch();
            } else if (removed.contains(node.life)) {
                startAnew(node);
            }
        }

        private void catchUp(Node node) {
            if (node.up && chain.filter(known -> known.has(node.id, node.life)).isPresent()) {
                Optional<Member> before = chain.get().predecessor(node.id);
                if (chain.get().role(node.id).equals(Optional.of(Role.LEARNER))) {
                    node.log = node(before.orElseThrow()).log;
                } else if (before.isEmpty()) {
                    node.complete = true;
                } else if (node(before.get()).life.equals(before.get().incarnation()) && node(before.get()).complete) {
                    node.log = node(before.get()).log;
                    node.complete = true;
                }
            }
        }

        /** An entry goes down the chain; it may be cut off somewhere, and then it is not acknowledged. */
        private void write() {
            if (chain.isEmpty()) {
                return;
            }
            for (Member member : chain.get().members()) {
                Node node = node(member);
                boolean works = node.up
                        && node.life.equals(member.incarnation())
                        && node.epoch.equals(chain.get().epoch())
                        && node.complete;
                if (!works || random.nextInt(8) == 0) {
                    return;
                }
                Optional<Member> before = chain.get().predecessor(node.id);
                node.log = before.map(each -> node(each).log).orElse(node.log + 1);
            }
            told = node(chain.get().head()).log;
        }

        private void plan() {
            NodeStates states =
                    new NodeStates(nodes.stream().map(this::state).toList(), mayAct, random.nextInt(4) == 0);
            if (planner.next(C1, chain, states) instanceof Change change) {
                check(change.chain(), states);
                chain.ifPresent(before -> before.line().stream()
                        .filter(member -> !change.chain().has(member.node(), member.incarnation()))
                        .forEach(member -> removed.add(member.incarnation())));
                chain = Optional.of(change.chain());
                changes++;
            }
        }

        private NodeState state(Node node) {
            boolean alive = node.up && node.heard && mayAct.contains(node.life) && !removed.contains(node.life);
            ReplicaReport report = new ReplicaReport(
                    C1,
                    node.epoch,
                    Epoch.NONE,
                    new Seq(chain.isEmpty() ? 0 : node.log),
                    Seq.NONE,
                    Seq.NONE,
                    Seq.NONE,
                    node.complete);
            return new NodeState(
                    node.id, node.life, node.id + ":8001", "http://" + node.id, alive, Optional.of(report));
        }

        private void check(Chain next, NodeStates states) {
            long incomplete =
                    next.members().stream().filter(member -> !member.complete()).count();
            assertThat(next.head().complete()).as("the head is complete").isTrue();
            assertThat(incomplete).as("incomplete members").isLessThanOrEqualTo(1);
            assertThat(next.members().subList(0, next.members().size() - 1)).allMatch(Member::complete);
            assertThat(next.members()).hasSizeLessThanOrEqualTo(3);
            assertThat(next.line())
                    .as("no removed incarnation returns")
                    .noneMatch(member -> removed.contains(member.incarnation()));
            assertThat(next.revision()).isEqualTo(chain.map(Chain::revision).orElse(0L) + 1);
            next.members().stream().filter(Member::complete).forEach(member -> assertThat(node(member).log)
                    .as("log of a complete member")
                    .isGreaterThanOrEqualTo(told));
            chain.ifPresent(before -> checkStep(before, next, states));
        }

        private void checkStep(Chain before, Chain next, NodeStates states) {
            assertThat(next.epoch().value() - before.epoch().value()).isBetween(0L, 1L);
            assertThat(before.member(next.head().node()).filter(Member::complete))
                    .as("the new head was recorded complete")
                    .isPresent();
            assertThat(before.members().stream()
                            .filter(member -> member.complete() && !next.has(member.node(), member.incarnation())))
                    .as("no complete member that may act is left out")
                    .allMatch(states::fenced);
        }

        private Node node(Member member) {
            return nodes.stream()
                    .filter(node -> node.id.equals(member.node()))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
