package org.craq.core.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.craq.core.chain.ChainPlanner.Change;
import org.craq.core.chain.ChainPlanner.Decision;
import org.craq.core.chain.ChainPlanner.Stay;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class ChainPlannerTest {
    private static final ChainId C1 = new ChainId("c1");
    private static final boolean COMPLETE = true;

    private final ChainPlanner planner = new ChainPlanner(3);

    @Nested
    class Form {
        @Test
        void waitsForAllNodesAndNamesThoseThatAreThere() {
            assertThat(next(world().up("n3", 1).up("n1", 1)))
                    .isEqualTo(new Stay("2 of 3 nodes have registered: n1, n3"));
            assertThat(next(world())).isEqualTo(new Stay("0 of 3 nodes have registered"));
        }

        @Test
        void ordersTheFirstEpochByNodeIdAndRecordsAllComplete() {
            Chain chain = changed(next(world().up("n3", 1).up("n1", 1).up("n2", 1)));
            assertThat(chain).isEqualTo(chain(1, 1, member("n1", 1), member("n2", 1), member("n3", 1)));
        }

        @Test
        void leavesSupernumeraryNodesOut() {
            Chain chain =
                    changed(next(world().up("n3", 1).up("n1", 1).up("n2", 1).up("n4", 1)));
            assertThat(names(chain)).containsExactly("n1", "n2", "n3");
        }

        @Test
        void doesNotCountSilentNodes() {
            assertThat(next(world().up("n1", 1).up("n2", 1).silent("n3", 1)))
                    .isEqualTo(new Stay("2 of 3 nodes have registered: n1, n2"));
        }

        @Test
        void refusesNodesThatHoldEntriesOfAnUnknownChain() {
            Decision decision = next(world().up("n1", 1).up("n2", 1).up("n3", 1, 0, 2, 9, false));
            assertThat(decision).isInstanceOf(Stay.class);
            assertThat(decision.reason())
                    .contains("n3 hold entries")
                    .contains("not the one that these nodes belong to");
        }
    }

    @Nested
    class StandBack {
        private final Chain chain = chain(4, 9, member("n1", 1), member("n2", 1), member("n3", 1));

        @Test
        void changesNothingWhileANodeHoldsEntriesOfAnEpochThatIsNotRecorded() {
            // This can only happen if the manager's database is an older copy; n2 may no longer be complete.
            Decision decision =
                    next(chain, world().up("n2", 2, 0, 5, 9, false).up("n1", 2).silent("n3", 1));
            assertThat(decision).isInstanceOf(Stay.class);
            assertThat(decision.reason())
                    .startsWith("n2 know later epochs of chain c1 than 4")
                    .contains("the manager's database is older");
        }

        @Test
        void changesNothingWhileANodeActsInSuchAnEpoch() {
            Decision decision =
                    next(chain, world().up("n1", 1, 5, 4, 9, true).up("n2", 1).silent("n3", 1));
            assertThat(decision.reason()).contains("the manager's database is older");
        }
    }

    @Nested
    class RecordComplete {
        private final Chain chain = chain(4, 9, member("n1", 1), member("n2", 1), member("n3", 2, !COMPLETE));

        @Test
        void keepsTheEpochAndCountsTheRevision() {
            Chain next = changed(next(chain, healthy().up("n3", 2, 4, 1, 7, true)));
            assertThat(next).isEqualTo(chain(4, 10, member("n1", 1), member("n2", 1), member("n3", 2)));
        }

        @Test
        void believesNoReportOfAnotherEpoch() {
            assertStays(next(chain, healthy().up("n3", 2, 3, 1, 7, true)), "n3 is catching up");
        }

        @Test
        void believesNoReportOfAnotherLife() {
            assertStays(next(chain, healthy().up("n3", 3, 4, 1, 7, true).mayAct("n3", 2)), "no heartbeat from n3");
        }

        @Test
        void waitsUntilTheMemberReportsIt() {
            assertStays(next(chain, healthy().up("n3", 2, 4, 1, 7, false)), "n3 is catching up");
        }

        @Test
        void goesBeforeARemoval() {
            World world = world().up("n1", 1).silent("n2", 1).up("n3", 2, 4, 1, 7, true);
            assertThat(changed(next(chain, world)).epoch()).isEqualTo(new Epoch(4));
        }

        private World healthy() {
            return world().up("n1", 1).up("n2", 1);
        }
    }

    @Nested
    class Remove {
        private final Chain chain = chain(4, 9, member("n1", 1), member("n2", 1), member("n3", 1));

        @Test
        void takesOutAMemberWhoseLeaseIsOver() {
            Chain next = changed(next(chain, world().up("n1", 1).silent("n2", 1).up("n3", 1)));
            assertThat(next).isEqualTo(chain(5, 10, member("n1", 1), member("n3", 1)));
        }

        @Test
        void takesOutTheHead() {
            Chain next = changed(next(chain, world().silent("n1", 1).up("n2", 1).up("n3", 1)));
            assertThat(names(next)).containsExactly("n2", "n3");
        }

        @Test
        void takesOutAMemberThatLivesAnew() {
            Chain next = changed(next(chain, world().up("n1", 1).up("n2", 2).up("n3", 1)));
            assertThat(names(next)).containsExactly("n1", "n3");
        }

        @Test
        void waitsWhileTheLeaseMayRun() {
            assertStays(
                    next(
                            chain,
                            world().up("n1", 1).silent("n2", 1).mayAct("n2", 1).up("n3", 1)),
                    "no heartbeat from n2");
            assertStays(
                    next(chain, world().up("n1", 1).up("n2", 2).mayAct("n2", 1).up("n3", 1)), "no heartbeat from n2");
        }

        @Test
        void isOneAtATime() {
            Chain next = changed(next(chain, world().silent("n1", 1).up("n2", 1).silent("n3", 1)));
            assertThat(names(next)).containsExactly("n2", "n3");
        }

        @Test
        void takesNobodyOutWhileNoCompleteMemberIsUp() {
            assertStays(
                    next(
                            chain,
                            world().silent("n1", 1)
                                    .silent("n2", 1)
                                    .silent("n3", 1)
                                    .mayAct("n3", 1)),
                    "no heartbeat from n1, n2, n3");
        }

        @Test
        void neverMakesAnIncompleteMemberHead() {
            Chain half = chain(5, 9, member("n1", 1), member("n2", 1, !COMPLETE));
            assertStays(
                    next(half, world().silent("n1", 1).up("n2", 1, 5, 1, 3, false)),
                    "no complete member is up; the chain needs one of n1");
        }

        @Test
        void neverTakesOutTheLastMember() {
            Chain only = chain(5, 9, member("n1", 1));
            assertStays(next(only, world().silent("n1", 1)), "no complete member is up; the chain needs one of n1");
        }

        @Test
        void takesOutAnIncompleteTail() {
            Chain half = chain(5, 9, member("n1", 1), member("n2", 1, !COMPLETE));
            assertThat(names(changed(next(half, world().up("n1", 1).silent("n2", 1)))))
                    .containsExactly("n1");
        }
    }

    @Nested
    class Revive {
        private final Chain chain = chain(4, 9, member("n1", 1), member("n2", 1), member("n3", 1));

        @Test
        void putsTheLongestLogFirst() {
            Chain next = changed(next(
                    chain,
                    world().up("n1", 2, 0, 4, 7, false)
                            .up("n2", 2, 0, 4, 9, false)
                            .up("n3", 2, 0, 3, 12, false)));
            assertThat(next).isEqualTo(chain(5, 10, member("n2", 2), member("n1", 2), member("n3", 2)));
        }

        @Test
        void keepsTheFormerOrderAmongEqualLogs() {
            Chain former = chain(4, 9, member("n3", 1), member("n1", 1), member("n2", 1));
            Chain next = changed(next(
                    former,
                    world().up("n1", 2, 0, 4, 7, false)
                            .up("n2", 2, 0, 4, 9, false)
                            .up("n3", 2, 0, 4, 7, false)));
            assertThat(names(next)).containsExactly("n2", "n3", "n1");
        }

        @Test
        void waitsForAllWhileTheGraceRuns() {
            World world = world().up("n1", 2, 0, 4, 7, false).up("n3", 2, 0, 4, 7, false);
            assertStays(next(chain, world), "n1, n3 up again; waiting until the grace period ends for n2");
            assertThat(ChainPlanner.awaitsRevival(chain, world.states())).isTrue();
        }

        @Test
        void goesOnWithThosePresentAfterwards() {
            World world = world().up("n1", 2, 0, 4, 7, false)
                    .up("n3", 2, 0, 4, 8, false)
                    .graceOver();
            assertThat(changed(next(chain, world))).isEqualTo(chain(5, 10, member("n3", 2), member("n1", 2)));
        }

        @Test
        void waitsWhileACompleteMemberMayAct() {
            World world = world().up("n1", 2, 0, 4, 7, false).mayAct("n2", 1).graceOver();
            assertStays(next(chain, world), "no heartbeat from n1, n2, n3");
            assertThat(ChainPlanner.awaitsRevival(chain, world.states())).isFalse();
        }

        @Test
        void takesNoIncompleteMemberButATailThatMayStillAct() {
            Chain half = chain(5, 9, member("n1", 1), member("n2", 1), member("n3", 1, !COMPLETE));
            Chain started = changed(next(
                    half,
                    world().up("n1", 2, 0, 4, 7, false)
                            .up("n2", 2, 0, 4, 7, false)
                            .up("n3", 2, 0, 4, 9, false)));
            assertThat(names(started)).containsExactly("n1", "n2");
            Chain acting = changed(next(
                    half,
                    world().up("n1", 2, 0, 4, 7, false)
                            .up("n2", 2, 0, 4, 7, false)
                            .up("n3", 1, 5, 4, 9, false)));
            assertThat(names(acting)).containsExactly("n1", "n2", "n3");
            assertThat(acting.tail().complete()).isFalse();
        }

        @Test
        void takesNoStranger() {
            assertStays(
                    next(chain, world().up("n9", 1, 0, 9, 99, false).graceOver()),
                    "no complete member is up; the chain needs one of n1, n2, n3");
        }

        @Test
        void foundsNoEpochOnANodeThatLostItsLog() {
            World world = world().up("n1", 2).graceOver();
            assertStays(next(chain, world), "n1 came back with an empty log; the data may be on n2, n3");
            Chain next = changed(next(chain, world.up("n2", 2, 0, 4, 7, false).up("n3", 2, 0, 4, 7, false)));
            assertThat(names(next)).containsExactly("n2", "n3");
        }

        @Test
        void bringsBackAChainThatWasNeverWritten() {
            assertThat(names(changed(next(chain, world().up("n1", 2).up("n2", 2).up("n3", 2)))))
                    .containsExactly("n1", "n2", "n3");
        }
    }

    @Nested
    class Forget {
        private final Chain chain = chain(4, 9, member("n1", 1), member("n2", 1));

        @Test
        void raisesTheHorizonToWhereEverybodyIsSettled() {
            Chain next = changed(next(chain, world().settled("n1", 1, 7).settled("n2", 1, 5)));
            assertThat(next).isEqualTo(with(chain, 10, 5));
        }

        @Test
        void neverLowersTheHorizon() {
            assertStays(
                    next(with(chain, 9, 6), world().settled("n1", 1, 7).settled("n2", 1, 5)),
                    "2 of 3 members: waiting for another node");
        }

        @Test
        void waitsForALearnerThatIsBehind() {
            Chain learning = learner(chain, member("n3", 5, !COMPLETE));
            World world = world().settled("n1", 1, 700).settled("n2", 1, 700).settled("n3", 5, 0);
            assertStays(next(learning, world), "n3 is catching up as learner");
        }

        @Test
        void waitsForAMemberThatDoesNotReport() {
            assertStays(
                    next(chain, world().settled("n1", 1, 7).up("n2", 1)), "2 of 3 members: waiting for another node");
        }

        @Test
        void theHorizonOutlivesEveryOtherChange() {
            Chain next = changed(next(with(chain, 9, 6), world().up("n1", 1).silent("n2", 1)));
            assertThat(next.members()).hasSize(1);
            assertThat(next.horizon()).isEqualTo(new Seq(6));
        }

        private Chain with(Chain chain, long revision, long horizon) {
            return new Chain(chain.id(), chain.epoch(), chain.members(), chain.learners(), revision, new Seq(horizon));
        }
    }

    @Nested
    class Promote {
        private final Chain chain = chain(4, 9, member("n1", 1), member("n2", 1));

        private final Chain learning = learner(chain, member("n3", 5, !COMPLETE));

        @Test
        void takesANodeAsLearnerFirstWithoutANewEpoch() {
            Chain next = changed(next(chain, world().up("n1", 1).up("n2", 1).up("n3", 5)));
            assertThat(next)
                    .isEqualTo(learner(chain(4, 10, member("n1", 1), member("n2", 1)), member("n3", 5, !COMPLETE)));
        }

        @Test
        void makesALearnerThatIsCloseTheIncompleteTail() {
            Chain next = changed(next(
                    learning, world().up("n1", 1).up("n2", 1, 4, 1, 200, true).up("n3", 5, 4, 1, 100, false)));
            assertThat(next).isEqualTo(chain(5, 10, member("n1", 1), member("n2", 1), member("n3", 5, !COMPLETE)));
        }

        @Test
        void waitsForALearnerThatIsFarBehind() {
            assertStays(
                    next(
                            learning,
                            world().up("n1", 1).up("n2", 1, 4, 1, 1000, true).up("n3", 5, 4, 1, 100, false)),
                    "n3 is catching up as learner");
        }

        @Test
        void waitsForALearnerThatDoesNotActInThisEpochYet() {
            assertStays(
                    next(
                            learning,
                            world().up("n1", 1).up("n2", 1, 4, 1, 1, true).up("n3", 5)),
                    "n3 is catching up as learner");
        }

        @Test
        void dismissesALearnerThatIsGoneWithoutANewEpoch() {
            assertThat(changed(next(learning, world().up("n1", 1).up("n2", 1))))
                    .isEqualTo(chain(4, 10, member("n1", 1), member("n2", 1)));
        }

        @Test
        void keepsALearnerWhenAMemberIsRemoved() {
            Chain next = changed(next(learning, world().up("n1", 1).up("n3", 5, 4, 1, 1, false)));
            assertThat(next).isEqualTo(learner(chain(5, 10, member("n1", 1)), member("n3", 5, !COMPLETE)));
        }

        @Test
        void waitsUntilAllMembersAreComplete() {
            Chain half = chain(5, 9, member("n1", 1), member("n2", 1, !COMPLETE));
            assertStays(
                    next(half, world().up("n1", 1).up("n2", 1, 5, 1, 1, false).up("n3", 5)), "n2 is catching up");
        }

        @Test
        void takesNoLifeThatStillActsInAFormerEpoch() {
            assertStays(
                    next(chain, world().up("n1", 1).up("n2", 1).up("n3", 5, 3, 1, 1, true)),
                    "2 of 3 members: waiting for another node");
        }

        @Test
        void takesNoSilentNode() {
            assertStays(
                    next(chain, world().up("n1", 1).up("n2", 1).silent("n3", 5)),
                    "2 of 3 members: waiting for another node");
        }

        @Test
        void stopsAtTheConfiguredLength() {
            Chain full = chain(4, 9, member("n1", 1), member("n2", 1), member("n3", 1));
            assertStays(
                    next(full, world().up("n1", 1).up("n2", 1).up("n3", 1).up("n4", 1)), "all members are complete");
        }
    }

    @Test
    void aChainHasAtLeastOneMember() {
        assertThatThrownBy(() -> new ChainPlanner(0)).hasMessageContaining("at least one member");
    }

    private Decision next(World world) {
        return planner.next(C1, Optional.empty(), world.states());
    }

    private Decision next(Chain chain, World world) {
        return planner.next(C1, Optional.of(chain), world.states());
    }

    private static Chain changed(Decision decision) {
        assertThat(decision).as(decision.reason()).isInstanceOf(Change.class);
        return ((Change) decision).chain();
    }

    private static void assertStays(Decision decision, String reason) {
        assertThat(decision).isEqualTo(new Stay(reason));
    }

    private static List<String> names(Chain chain) {
        return chain.members().stream().map(member -> member.node().value()).toList();
    }

    private static Chain chain(long epoch, long revision, Member... members) {
        return new Chain(C1, new Epoch(epoch), List.of(members), revision);
    }

    private static Chain learner(Chain chain, Member learner) {
        return new Chain(
                chain.id(), chain.epoch(), chain.members(), List.of(learner), chain.revision(), chain.horizon());
    }

    private static Member member(String node, int life) {
        return member(node, life, COMPLETE);
    }

    private static Member member(String node, int life, boolean complete) {
        return new Member(new NodeId(node), life(node, life), node + ":8001", "http://" + node, complete);
    }

    private static Incarnation life(String node, int life) {
        return new Incarnation(new UUID(node.hashCode(), life));
    }

    private static World world() {
        return new World();
    }

    /** Nodes in the states that a test defines. */
    private static final class World {
        private final List<NodeState> nodes = new ArrayList<>();
        private final Set<Incarnation> mayAct = new HashSet<>();
        private boolean graceOver;

        World up(String node, int life) {
            return add(node, life, true, Optional.empty()).mayAct(node, life);
        }

        World up(String node, int life, long epoch, long lastEpoch, long last, boolean complete) {
            ReplicaReport report = new ReplicaReport(
                    C1, new Epoch(epoch), new Epoch(lastEpoch), new Seq(last), Seq.NONE, Seq.NONE, Seq.NONE, complete);
            return add(node, life, true, Optional.of(report)).mayAct(node, life);
        }

        /** A node that acts in epoch 4 with a log of 1000 entries. */
        World settled(String node, int life, long settled) {
            ReplicaReport report = new ReplicaReport(
                    C1, new Epoch(4), new Epoch(1), new Seq(1000), Seq.NONE, Seq.NONE, new Seq(settled), true);
            return add(node, life, true, Optional.of(report)).mayAct(node, life);
        }

        World silent(String node, int life) {
            return add(node, life, false, Optional.empty());
        }

        World mayAct(String node, int life) {
            mayAct.add(life(node, life));
            return this;
        }

        World graceOver() {
            graceOver = true;
            return this;
        }

        NodeStates states() {
            return new NodeStates(nodes, mayAct, graceOver);
        }

        private World add(String node, int life, boolean alive, Optional<ReplicaReport> report) {
            nodes.add(
                    new NodeState(new NodeId(node), life(node, life), node + ":8001", "http://" + node, alive, report));
            return this;
        }
    }
}
