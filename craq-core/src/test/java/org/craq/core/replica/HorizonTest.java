package org.craq.core.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.craq.core.replica.Given.CHAIN;
import static org.craq.core.replica.Given.entry;
import static org.craq.core.replica.Given.epoch;
import static org.craq.core.replica.Given.incarnation;
import static org.craq.core.replica.Given.member;
import static org.craq.core.replica.Given.node;
import static org.craq.core.replica.Given.seq;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.craq.core.chain.Chain;
import org.craq.core.chain.Seq;
import org.junit.jupiter.api.Test;

/** When a member forgets, and how one whose log ends below what others have forgotten restarts. */
class HorizonTest {
    private static final EpochTable.Start FIRST = new EpochTable.Start(epoch(1), seq(1));
    private static final long DOWN = 11;

    @Test
    void aMemberForgetsUpToTheHorizonOnceAllOfItIsCommittedHere() {
        Replica only = only(5, 0);
        only.configured(chain(2, 4, 1));
        assertThat(only.drain()).contains(new Effect.Forget(seq(4)));
        only.configured(chain(3, 5, 1));
        assertThat(only.drain()).as("one thing at a time").doesNotHaveAnyElementsOfTypes(Effect.Forget.class);
        only.forgotten(seq(4));
        assertThat(only.drain()).containsExactly(new Effect.Forget(seq(5)));
    }

    @Test
    void nothingIsForgottenAboveTheCommitMark() {
        Replica head = new Replica(node(1), CHAIN, incarnation(1), restored(5, 0));
        head.configured(chain(2, 4, 1, 2));
        assertThat(head.drain()).doesNotHaveAnyElementsOfTypes(Effect.Forget.class);
    }

    @Test
    void aFormerLifesForgettingGoesOn() {
        Replica again = new Replica(node(1), CHAIN, incarnation(1), restored(5, 3));
        assertThat(again.drain()).containsExactly(new Effect.Forget(seq(3)));
        Replica building = new Replica(node(1), CHAIN, incarnation(1), restored(2, 3));
        assertThat(building.drain())
                .as("a log that is being rebuilt holds only the retained entries")
                .isEmpty();
    }

    @Test
    void nothingIsForgottenThatASuccessorStillHasToBeSent() {
        Replica head = withLearner(5, 0);
        hello(head, List.of(FIRST), 2, 0);
        head.configured(new Chain(CHAIN, epoch(2), List.of(member(1)), List.of(member(2)), 3, seq(4)));
        assertThat(head.drain()).doesNotHaveAnyElementsOfTypes(Effect.Forget.class);
        head.loaded(DOWN, List.of(entry(1, 3), entry(1, 4), entry(1, 5)), seq(5));
        assertThat(head.drain()).contains(new Effect.Forget(seq(4)));
    }

    @Test
    void whoLiesAboveWhatIsForgottenCatchesUpEntryByEntry() {
        Replica head = withLearner(5, 3);
        hello(head, List.of(FIRST), 3, 0);
        assertThat(head.drain())
                .contains(
                        new Effect.WelcomeSuccessor(DOWN, seq(3), seq(5), Optional.empty()),
                        new Effect.LoadLog(DOWN, seq(4), seq(5)));
    }

    @Test
    void whoLiesBelowBeginsAnewAndIsSentWhatIsLeft() {
        Replica head = withLearner(5, 3);
        hello(head, List.of(FIRST), 2, 0);
        assertThat(head.drain())
                .contains(
                        new Effect.WelcomeSuccessor(DOWN, seq(0), seq(5), Optional.of(base(3))),
                        new Effect.LoadLog(DOWN, seq(1), seq(5)));
        head.loaded(DOWN, List.of(entry(1, 2)), seq(3));
        assertThat(head.drain())
                .contains(
                        new Effect.SendEntry(DOWN, entry(1, 2)),
                        new Effect.SendEntry(DOWN, entry(1, 3, new Operation[0])),
                        new Effect.LoadLog(DOWN, seq(4), seq(5)));
        assertThatThrownBy(() -> head.loaded(DOWN, List.of(entry(1, 5)), seq(5)))
                .as("no entry above the forgotten mark may be missing")
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void whoWasBeingSentWhatIsLeftGoesOnWhereItStopped() {
        Replica head = withLearner(5, 3);
        hello(head, List.of(FIRST), 2, 3);
        assertThat(head.drain()).contains(new Effect.WelcomeSuccessor(DOWN, seq(2), seq(5), Optional.of(base(3))));
    }

    @Test
    void whileForgettingIsUnderWayWhoLiesBelowHasToWait() {
        Replica head = withLearnerForgetting(5, 3);
        hello(head, List.of(FIRST), 2, 0);
        assertThat(head.drain()).containsExactly(new Effect.RefuseSuccessor(DOWN));
        head.forgotten(seq(3));
        hello(head, List.of(FIRST), 2, 0);
        assertThat(head.drain()).hasAtLeastOneElementOfType(Effect.WelcomeSuccessor.class);
    }

    @Test
    void aLearnerThatBeginsAnewDropsItsLogAndTakesGapsUpToTheBaseOnly() {
        Replica learner = learner(4);
        learner.welcomed(connecting(learner), seq(0), seq(9), Optional.of(base(6)));
        assertThat(learner.drain()).contains(new Effect.Truncate(seq(0)), new Effect.Rebase(base(6)));
        long up = stream;
        learner.received(up, entry(1, 3));
        learner.received(up, entry(1, 6, new Operation[0]));
        learner.received(up, entry(1, 7));
        assertThat(learner.report().last()).isEqualTo(seq(7));
        learner.drain();
        learner.received(up, entry(1, 9));
        assertThat(learner.drain()).hasAtLeastOneElementOfType(Effect.NeighbourAtFault.class);
        assertThat(learner.report().last()).isEqualTo(seq(7));
    }

    @Test
    void aLearnerBeingBuiltTellsOfItsBaseWhenItConnectsAgain() {
        Replica learner = learner(4);
        learner.welcomed(connecting(learner), seq(0), seq(9), Optional.of(base(6)));
        learner.received(stream, entry(1, 3));
        learner.drain();
        learner.predecessorLost(stream);
        Effect.ConnectPredecessor connect =
                (Effect.ConnectPredecessor) learner.drain().get(0);
        assertThat(connect.forgotten()).isEqualTo(seq(6));
        assertThat(connect.last()).isEqualTo(seq(3));
        assertThat(connect.epochs()).isEqualTo(base(6).epochs());
        learner.welcomed(connect.stream(), seq(3), seq(9), Optional.of(base(6)));
        learner.received(connect.stream(), entry(1, 5));
        assertThat(learner.report().last()).isEqualTo(seq(5));
    }

    @Test
    void aCompleteMemberIsNeverMadeToBeginAnew() {
        Replica tail = new Replica(node(2), CHAIN, incarnation(2), restored(5, 0));
        tail.configured(chain(2, 0, 1, 2));
        long up = connecting(tail);
        tail.welcomed(up, seq(5), seq(5), Optional.empty());
        tail.prepared(up, seq(5));
        tail.predecessorLost(up);
        long again = connecting(tail);
        tail.welcomed(again, seq(0), seq(9), Optional.of(base(6)));
        assertThat(tail.drain())
                .hasAtLeastOneElementOfType(Effect.NeighbourAtFault.class)
                .noneMatch(Effect.Rebase.class::isInstance);
        assertThat(tail.report().last()).isEqualTo(seq(5));
    }

    private long stream;

    private long connecting(Replica replica) {
        stream = ReplicaWriteTest.connecting(replica.drain());
        return stream;
    }

    private static LogBase base(long forgotten) {
        return new LogBase(seq(forgotten), List.of(FIRST));
    }

    private static Restored restored(long last, long forgotten) {
        return new Restored(seq(last), List.of(FIRST), Seq.NONE, seq(forgotten));
    }

    private static Chain chain(long epoch, long horizon, int... nodes) {
        return new Chain(
                CHAIN,
                epoch(epoch),
                IntStream.of(nodes).mapToObj(Given::member).toList(),
                List.of(),
                epoch,
                seq(horizon));
    }

    private static Replica only(long last, long forgotten) {
        return new Replica(node(1), CHAIN, incarnation(1), restored(last, forgotten));
    }

    /** Returns n1 as the only member, with a fully committed log, and n2 as learner. */
    private static Replica withLearner(long last, long forgotten) {
        Replica head = withLearnerForgetting(last, forgotten);
        head.forgotten(seq(forgotten));
        head.drain();
        return head;
    }

    private static Replica withLearnerForgetting(long last, long forgotten) {
        Replica head = only(last, forgotten);
        head.configured(new Chain(CHAIN, epoch(2), List.of(member(1)), List.of(member(2)), 2, seq(forgotten)));
        head.drain();
        return head;
    }

    private static void hello(Replica head, List<EpochTable.Start> epochs, long last, long forgotten) {
        head.hello(DOWN, node(2), incarnation(2), epoch(2), new EpochTable(epochs), seq(last), seq(forgotten));
    }

    /** Returns n2, behind n1, with a log of a former incarnation. */
    private static Replica learner(long last) {
        Replica learner = new Replica(node(2), CHAIN, incarnation(2), restored(last, 0));
        learner.configured(new Chain(CHAIN, epoch(2), List.of(member(1)), List.of(member(2)), 2, Seq.NONE));
        return learner;
    }
}
