package org.craq.core.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.craq.core.replica.Given.A;
import static org.craq.core.replica.Given.chain;
import static org.craq.core.replica.Given.entry;
import static org.craq.core.replica.Given.epoch;
import static org.craq.core.replica.Given.incarnation;
import static org.craq.core.replica.Given.member;
import static org.craq.core.replica.Given.node;
import static org.craq.core.replica.Given.seq;
import static org.craq.core.replica.Given.version;
import static org.craq.core.replica.Given.write;
import static org.craq.core.replica.ReplicaWriteTest.connecting;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.craq.core.chain.Role;
import org.junit.jupiter.api.Test;

/** How members connect in an epoch, fall back to the common log, catch up and take over. */
class ReplicaMembershipTest {
    private static final long NOW = 1000;
    private static final EpochTable.Start FIRST = new EpochTable.Start(epoch(1), seq(1));

    @Test
    void aMemberTellsItsPredecessorOfItsLog() {
        Replica joiner = replica(3, new Restored(seq(4), List.of(FIRST), seq(2)));
        joiner.configured(chain(5, 1, 2, 3));
        assertThat(joiner.drain())
                .filteredOn(Effect.ConnectPredecessor.class::isInstance)
                .containsExactly(new Effect.ConnectPredecessor(
                        connectingOf(joiner), epoch(5), member(2), seq(4), List.of(FIRST), seq(0)));
        assertThat(joiner.role()).contains(Role.TAIL);
    }

    @Test
    void aJoinerFallsBackToTheCommonLogAndServesOnceItHoldsAllOfItsPredecessors() {
        Replica joiner = replica(3, new Restored(seq(4), List.of(FIRST), seq(2)));
        joiner.configured(chain(5, 1, 2, 3));
        joiner.leased(NOW + 1);
        long up = connecting(joiner.drain());
        joiner.welcomed(up, seq(3), seq(4), Optional.empty());
        assertThat(joiner.drain()).containsExactly(new Effect.Truncate(seq(3)), new Effect.SendCommit(up, seq(2)));
        joiner.received(up, entry(3, 4));
        assertThat(joiner.drain()).containsExactly(new Effect.Persist(1, entry(3, 4)));
        joiner.persisted(1, seq(4));
        joiner.prepared(up, seq(3));
        assertThat(joiner.serves(NOW)).isFalse();
        joiner.prepared(up, seq(4));
        assertThat(joiner.serves(NOW)).isTrue();
        assertThat(joiner.report().lastEpoch()).isEqualTo(epoch(3));
        assertThat(joiner.report().commit()).isEqualTo(seq(4));
    }

    @Test
    void aForceFromBeforeATruncationIsNotCredited() {
        Replica joiner = replica(2, new Restored(seq(4), List.of(FIRST), seq(2)));
        joiner.configured(chain(5, 1, 2));
        long up = connecting(joiner.drain());
        joiner.welcomed(up, seq(3), seq(3), Optional.empty());
        joiner.persisted(0, seq(4));
        assertThat(joiner.durable()).isEqualTo(seq(3));
    }

    @Test
    void aForceUnderWayDuringATruncationIsCreditedForWhatWasKept() {
        Replica tail = replica(2, Restored.NOTHING);
        tail.configured(chain(1, 1, 2));
        long up = connecting(tail.drain());
        tail.welcomed(up, seq(0), seq(0), Optional.empty());
        tail.received(up, entry(1, 1));
        tail.received(up, entry(1, 2));
        tail.predecessorLost(up);
        long again = connecting(tail.drain());
        tail.welcomed(again, seq(1), seq(1), Optional.empty());
        tail.received(again, entry(2, 2));
        tail.persisted(0, seq(2));
        assertThat(tail.durable()).isEqualTo(seq(1));
        tail.persisted(1, seq(2));
        assertThat(tail.durable()).isEqualTo(seq(2));
    }

    @Test
    void aNewHeadLooksAgainWhenTheDatabaseStillHoldsWhatWasDropped() {
        Replica middle = replica(2, Restored.NOTHING);
        middle.configured(chain(1, 1, 2));
        middle.leased(NOW + 1);
        long up = connecting(middle.drain());
        middle.welcomed(up, seq(0), seq(0), Optional.empty());
        middle.received(up, entry(1, 1));
        middle.configured(chain(2, 2));
        assertThat(middle.drain()).contains(new Effect.Truncate(seq(0)));
        middle.submit(1, write(1, A), NOW);
        middle.drain();
        Found dropped = new Found(Optional.of(Given.entry(1, 1, Given.put(A, 1))), Map.of());
        middle.lookedUp(1, dropped, NOW);
        assertThat(middle.drain()).containsExactly(new Effect.LookUp(1, Given.writeId(1), List.of()));
        middle.lookedUp(1, Found.NOTHING, NOW);
        assertThat(middle.drain()).containsExactly(new Effect.Persist(1, Given.entry(2, 1, Given.put(A, 1))));
    }

    @Test
    void neverFallsBackBehindWhatIsCommitted() {
        Replica joiner = replica(2, new Restored(seq(4), List.of(FIRST), seq(2)));
        joiner.configured(chain(5, 1, 2));
        long up = connecting(joiner.drain());
        joiner.welcomed(up, seq(1), seq(1), Optional.empty());
        assertThat(joiner.drain()).hasSize(2).satisfies(effects -> {
            assertThat(effects.get(0)).isInstanceOf(Effect.NeighbourAtFault.class);
            assertThat(effects.get(1)).isInstanceOf(Effect.ConnectPredecessor.class);
        });
        assertThat(joiner.report().last()).isEqualTo(seq(4));
    }

    @Test
    void aPredecessorThatDescribesALogThatCannotBeIsAskedAnew() {
        Replica joiner = replica(2, new Restored(seq(4), List.of(FIRST), seq(2)));
        joiner.configured(chain(5, 1, 2));
        joiner.welcomed(connecting(joiner.drain()), seq(5), seq(9), Optional.empty());
        long up = refusedPredecessor(joiner);
        joiner.welcomed(up, seq(4), seq(3), Optional.empty());
        up = refusedPredecessor(joiner);
        joiner.welcomed(up, seq(4), seq(4), Optional.empty());
        joiner.received(up, entry(5, 6));
        up = refusedPredecessor(joiner);
        joiner.welcomed(up, seq(4), seq(4), Optional.empty());
        joiner.received(up, entry(6, 5));
        up = refusedPredecessor(joiner);
        joiner.welcomed(up, seq(4), seq(4), Optional.empty());
        joiner.received(up, entry(5, 5));
        joiner.received(up, entry(4, 6));
        up = refusedPredecessor(joiner);
        joiner.welcomed(up, seq(5), seq(5), Optional.empty());
        joiner.received(up, entry(5, Long.MAX_VALUE));
        refusedPredecessor(joiner);
        assertThat(joiner.report().last()).isEqualTo(seq(5));
    }

    /** Expects that the message on the former stream was rejected; returns the stream that the member opens instead. */
    private static long refusedPredecessor(Replica member) {
        List<Effect> effects = member.drain();
        assertThat(effects).anyMatch(Effect.NeighbourAtFault.class::isInstance);
        return connecting(effects);
    }

    @Test
    void afterARestartOfAllASuccessorMayRememberMoreThanWasSentDown() {
        Replica middle = replica(2, new Restored(seq(4), List.of(FIRST), seq(2)));
        middle.configured(chain(5, 1, 2, 3));
        long up = connecting(middle.drain());
        middle.welcomed(up, seq(4), seq(4), Optional.empty());
        middle.hello(11, node(3), incarnation(3), epoch(5), new EpochTable(List.of(FIRST)), seq(4), seq(0));
        middle.drain();
        middle.committed(11, seq(4));
        assertThat(middle.drain())
                .contains(new Effect.Committed(seq(4)))
                .noneMatch(Effect.NeighbourAtFault.class::isInstance);
    }

    @Test
    void whatWasDroppedIsVouchedForNoLonger() {
        Replica middle = replica(2, new Restored(seq(4), List.of(FIRST), seq(2)));
        middle.configured(chain(5, 1, 2, 3));
        long up = connecting(middle.drain());
        middle.welcomed(up, seq(3), seq(3), Optional.empty());
        middle.received(up, entry(5, 4));
        middle.hello(11, node(3), incarnation(3), epoch(5), new EpochTable(List.of(FIRST)), seq(3), seq(0));
        middle.drain();
        middle.committed(11, seq(4));
        assertThat(middle.drain())
                .contains(new Effect.RefuseSuccessor(11))
                .anyMatch(Effect.NeighbourAtFault.class::isInstance);
        assertThat(middle.report().commit()).isEqualTo(seq(2));
    }

    @Test
    void onlyTheRightSuccessorInTheRightEpochIsWelcome() {
        Replica head = replica(1, Restored.NOTHING);
        head.configured(chain(2, 1, 2, 3));
        head.drain();
        head.hello(11, node(3), incarnation(3), epoch(2), new EpochTable(), seq(0), seq(0));
        head.hello(12, node(2), incarnation(9), epoch(2), new EpochTable(), seq(0), seq(0));
        head.hello(13, node(2), incarnation(2), epoch(1), new EpochTable(), seq(0), seq(0));
        assertThat(head.drain())
                .containsExactly(
                        new Effect.RefuseSuccessor(11), new Effect.RefuseSuccessor(12), new Effect.RefuseSuccessor(13));
        head.hello(14, node(2), incarnation(2), epoch(2), new EpochTable(), seq(0), seq(0));
        assertThat(head.drain()).containsExactly(new Effect.WelcomeSuccessor(14, seq(0), seq(0), Optional.empty()));
    }

    @Test
    void streamsOpenFromTheHeadDown() {
        Replica middle = replica(2, Restored.NOTHING);
        middle.configured(chain(1, 1, 2, 3));
        long up = connecting(middle.drain());
        middle.hello(11, node(3), incarnation(3), epoch(1), new EpochTable(), seq(0), seq(0));
        assertThat(middle.drain()).containsExactly(new Effect.RefuseSuccessor(11));
        middle.welcomed(up, seq(0), seq(0), Optional.empty());
        middle.hello(12, node(3), incarnation(3), epoch(1), new EpochTable(), seq(0), seq(0));
        assertThat(middle.drain()).containsExactly(new Effect.WelcomeSuccessor(12, seq(0), seq(0), Optional.empty()));
    }

    @Test
    void aSecondStreamOfTheSuccessorEndsTheFirst() {
        Replica head = replica(1, Restored.NOTHING);
        head.configured(chain(1, 1, 2));
        head.hello(11, node(2), incarnation(2), epoch(1), new EpochTable(), seq(0), seq(0));
        head.drain();
        head.hello(12, node(2), incarnation(2), epoch(1), new EpochTable(), seq(0), seq(0));
        assertThat(head.drain())
                .containsExactly(
                        new Effect.RefuseSuccessor(11),
                        new Effect.WelcomeSuccessor(12, seq(0), seq(0), Optional.empty()));
    }

    @Test
    void aLostStreamIsOpenedAnewAndThePreparedMarkStays() {
        Replica tail = replica(2, Restored.NOTHING);
        tail.configured(chain(1, 1, 2));
        long up = connecting(tail.drain());
        tail.welcomed(up, seq(0), seq(0), Optional.empty());
        tail.received(up, entry(1, 1));
        tail.persisted(0, seq(1));
        tail.prepared(up, seq(1));
        tail.drain();
        tail.predecessorLost(up);
        long again = connecting(tail.drain());
        assertThat(again).isNotEqualTo(up);
        tail.received(up, entry(1, 2));
        tail.predecessorLost(up);
        assertThat(tail.drain()).as("the former stream is ignored").isEmpty();
        tail.welcomed(again, seq(1), seq(1), Optional.empty());
        assertThat(tail.drain()).containsExactly(new Effect.SendCommit(again, seq(1)));
        assertThat(tail.report().prepared()).isEqualTo(seq(1));
    }

    @Test
    void aSuccessorFarBehindIsFedFromTheLog() {
        Replica head = replica(1, new Restored(seq(5), List.of(FIRST), seq(5)));
        head.configured(chain(2, 1, 2));
        head.hello(11, node(2), incarnation(2), epoch(2), new EpochTable(List.of(FIRST)), seq(2), seq(0));
        assertThat(head.drain())
                .containsExactly(
                        new Effect.CloseStreams(),
                        new Effect.WelcomeSuccessor(11, seq(2), seq(5), Optional.empty()),
                        new Effect.LoadLog(11, seq(3), seq(5)),
                        new Effect.SendPrepared(11, seq(2)));
        head.loaded(11, List.of(entry(1, 3), entry(1, 4)), seq(4));
        assertThat(head.drain())
                .containsExactly(
                        new Effect.SendEntry(11, entry(1, 3)),
                        new Effect.SendEntry(11, entry(1, 4)),
                        new Effect.LoadLog(11, seq(5), seq(5)),
                        new Effect.SendPrepared(11, seq(4)));
        head.loaded(11, List.of(entry(1, 5)), seq(5));
        assertThat(head.drain())
                .containsExactly(new Effect.SendEntry(11, entry(1, 5)), new Effect.SendPrepared(11, seq(5)));
    }

    @Test
    void whatIsLoadedForALostStreamIsNotSent() {
        Replica head = replica(1, new Restored(seq(5), List.of(FIRST), seq(5)));
        head.configured(chain(2, 1, 2));
        head.hello(11, node(2), incarnation(2), epoch(2), new EpochTable(), seq(0), seq(0));
        head.drain();
        head.successorLost(11);
        head.loaded(11, List.of(entry(1, 1)), seq(1));
        assertThat(head.drain()).isEmpty();
    }

    @Test
    void aNewTailCommitsAllThatItHasPrepared() {
        Replica middle = replica(2, Restored.NOTHING);
        middle.configured(chain(1, 1, 2, 3));
        long up = connecting(middle.drain());
        middle.welcomed(up, seq(0), seq(0), Optional.empty());
        middle.received(up, entry(1, 1));
        middle.persisted(0, seq(1));
        middle.prepared(up, seq(1));
        assertThat(middle.drain()).noneMatch(Effect.Committed.class::isInstance);
        middle.configured(chain(2, 1, 2));
        assertThat(middle.drain()).contains(new Effect.Committed(seq(1)));
    }

    @Test
    void aNewHeadGoesOnBehindItsLastDurableEntryInItsOwnEpoch() {
        Replica middle = replica(2, Restored.NOTHING);
        middle.configured(chain(1, 1, 2));
        middle.leased(NOW + 1);
        long up = connecting(middle.drain());
        middle.welcomed(up, seq(0), seq(0), Optional.empty());
        middle.received(up, entry(1, 1));
        middle.persisted(0, seq(1));
        middle.configured(chain(2, 2));
        middle.submit(1, write(2, A), NOW);
        middle.lookedUp(1, Found.NOTHING, NOW);
        middle.persisted(0, seq(2));
        assertThat(middle.drain())
                .contains(new Effect.Committed(seq(2)))
                .filteredOn(Effect.AnswerWrite.class::isInstance)
                .extracting(answer -> ((Effect.AnswerWrite) answer).outcome())
                .containsExactly(new WriteOutcome.Written(version(2, 2), List.of(Given.put(A, 2))));
    }

    @Test
    void aNewHeadDropsWhatIsNotDurableAsItsContentMayBeGone() {
        Replica middle = replica(2, Restored.NOTHING);
        middle.configured(chain(1, 1, 2, 3));
        middle.leased(NOW + 1);
        long up = connecting(middle.drain());
        middle.welcomed(up, seq(0), seq(0), Optional.empty());
        middle.received(up, entry(1, 1));
        middle.received(up, entry(1, 2));
        middle.persisted(0, seq(1));
        middle.configured(chain(2, 2, 3));
        assertThat(middle.drain()).contains(new Effect.Truncate(seq(1)));
        middle.persisted(0, seq(2));
        assertThat(middle.report().last()).isEqualTo(seq(1));
        assertThat(middle.report().prepared()).isEqualTo(seq(1));
    }

    @Test
    void aHeadThatStaysHeadKeepsItsWritesUnderWay() {
        Replica head = replica(1, Restored.NOTHING);
        head.configured(chain(1, 1, 2));
        head.leased(NOW + 1);
        head.submit(1, write(1, A), NOW);
        head.lookedUp(1, Found.NOTHING, NOW);
        head.configured(chain(2, 1));
        assertThat(head.drain()).noneMatch(Effect.Truncate.class::isInstance);
        assertThat(head.report().last()).isEqualTo(seq(1));
    }

    @Test
    void aRestartedHeadServesOnceItsLogIsDurableAndItHasALease() {
        Replica head = replica(1, new Restored(seq(5), List.of(FIRST), seq(2)));
        assertThat(head.serves(NOW)).isFalse();
        head.configured(chain(2, 1, 2));
        assertThat(head.serves(NOW)).isFalse();
        head.leased(NOW + 1);
        assertThat(head.serves(NOW)).isTrue();
        assertThat(head.serves(NOW + 1)).isFalse();
    }

    @Test
    void oldConfigurationsAndOtherLivesAreIgnored() {
        Replica tail = replica(2, Restored.NOTHING);
        tail.configured(chain(5, 1, 2));
        tail.drain();
        tail.configured(chain(4, 1));
        assertThat(tail.drain()).isEmpty();
        Replica otherLife = new Replica(node(2), Given.CHAIN, incarnation(9), Restored.NOTHING);
        otherLife.configured(chain(5, 1, 2));
        assertThat(otherLife.drain()).isEmpty();
        assertThat(otherLife.chain()).isEmpty();
    }

    private static Replica replica(int n, Restored restored) {
        return ReplicaWriteTest.member(n, restored);
    }

    private static long connectingOf(Replica replica) {
        return replica.newStream() - 1;
    }
}
