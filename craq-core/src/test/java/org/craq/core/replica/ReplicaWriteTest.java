package org.craq.core.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.craq.core.replica.Given.A;
import static org.craq.core.replica.Given.chain;
import static org.craq.core.replica.Given.entry;
import static org.craq.core.replica.Given.epoch;
import static org.craq.core.replica.Given.incarnation;
import static org.craq.core.replica.Given.node;
import static org.craq.core.replica.Given.put;
import static org.craq.core.replica.Given.seq;
import static org.craq.core.replica.Given.version;
import static org.craq.core.replica.Given.write;

import java.util.List;
import java.util.Optional;
import org.craq.core.file.Version;
import org.junit.jupiter.api.Test;

/** How a write goes down the chain and its mark comes back up, member by member. */
class ReplicaWriteTest {
    private static final long NOW = 1000;
    private static final long DOWN = 7;

    @Test
    void theHeadGivesAWriteItsPlaceAndSendsItOnWhileItIsBeingForced() {
        Replica head = head();
        head.submit(1, write(1, A), NOW);
        assertThat(head.drain()).containsExactly(new Effect.LookUp(1, Given.writeId(1), List.of()));
        head.lookedUp(1, Found.NOTHING, NOW);
        assertThat(head.drain())
                .containsExactly(new Effect.Persist(0, entry(1, 1)), new Effect.SendEntry(DOWN, entry(1, 1)));
        head.persisted(0, seq(1));
        assertThat(head.drain()).containsExactly(new Effect.SendPrepared(DOWN, seq(1)));
    }

    @Test
    void aWriteThatCantHaveBeenTriedBeforeGetsItsPlaceWithoutALook() {
        Replica head = headWithOneCleanEntry();
        head.submit(2, younger(2, version(1, 1)), NOW);
        assertThat(head.drain())
                .containsExactly(new Effect.Persist(0, entry(1, 2)), new Effect.SendEntry(DOWN, entry(1, 2)));
    }

    @Test
    void itIsLookedUpAllTheSameUnlessAllThatCouldBeItsFormerTryIsRemembered() {
        Replica head = headWithOneCleanEntry();
        for (Write write : List.of(
                younger(1, version(1, 0)),
                younger(2, version(2, 1)),
                younger(2, version(1, 2)),
                new Write(
                        Given.writeId(2),
                        List.of(put(A, 2)),
                        List.of(new Condition.IsAbsent(A)),
                        0,
                        Optional.of(version(1, 1)),
                        Optional.empty()))) {
            head.submit(2, write, NOW);
            assertThat(head.drain()).singleElement().isInstanceOf(Effect.LookUp.class);
            head.lookUpFailed(2);
            head.drain();
        }
    }

    @Test
    void aHeadThatHasJustStartedLooksUp() {
        Replica only = member(1, new Restored(seq(5), List.of(new EpochTable.Start(epoch(1), seq(1))), seq(5)));
        only.configured(chain(2, 1));
        only.leased(NOW + 1);
        only.drain();
        only.submit(1, younger(9, version(1, 4)), NOW);
        assertThat(only.drain()).singleElement().isInstanceOf(Effect.LookUp.class);
    }

    private static Write younger(long id, Version place) {
        return new Write(Given.writeId(id), List.of(put(A, id)), List.of(), 0, Optional.of(place), Optional.empty());
    }

    @Test
    void aWriteIsAnsweredOnlyWhenTheCommitMarkHasComeBack() {
        Replica head = head();
        place(head, 1);
        head.persisted(0, seq(1));
        assertThat(head.drain()).noneMatch(Effect.AnswerWrite.class::isInstance);
        head.committed(DOWN, seq(1));
        assertThat(head.drain())
                .containsExactly(
                        new Effect.Committed(seq(1)),
                        new Effect.AnswerWrite(1, new WriteOutcome.Written(version(1, 1), List.of(put(A, 1)))));
    }

    @Test
    void theMiddlePassesEntriesOnAtOnceAndMarksOnceItHoldsThem() {
        Replica middle = member(2, Restored.NOTHING);
        middle.configured(chain(1, 1, 2, 3));
        long up = connecting(middle.drain());
        middle.welcomed(up, seq(0), seq(0), Optional.empty());
        long down = connectSuccessor(middle, 3);
        middle.received(up, entry(1, 1));
        assertThat(middle.drain())
                .containsExactly(new Effect.Persist(0, entry(1, 1)), new Effect.SendEntry(down, entry(1, 1)));
        middle.prepared(up, seq(1));
        assertThat(middle.drain()).isEmpty();
        middle.persisted(0, seq(1));
        assertThat(middle.drain()).containsExactly(new Effect.SendPrepared(down, seq(1)));
        middle.committed(down, seq(1));
        assertThat(middle.drain()).containsExactly(new Effect.Committed(seq(1)), new Effect.SendCommit(up, seq(1)));
    }

    @Test
    void theTailCommitsWhatIsDurableHereAndOnAllBefore() {
        Replica tail = member(3, Restored.NOTHING);
        tail.configured(chain(1, 1, 2, 3));
        long up = connecting(tail.drain());
        tail.welcomed(up, seq(0), seq(0), Optional.empty());
        tail.received(up, entry(1, 1));
        tail.persisted(0, seq(1));
        assertThat(tail.drain()).containsExactly(new Effect.Persist(0, entry(1, 1)));
        tail.prepared(up, seq(1));
        assertThat(tail.drain()).containsExactly(new Effect.Committed(seq(1)), new Effect.SendCommit(up, seq(1)));
    }

    @Test
    void anOnlyMemberCommitsWhatIsDurable() {
        Replica only = member(1, Restored.NOTHING);
        only.configured(chain(1, 1));
        only.leased(NOW + 1);
        place(only, 1);
        only.persisted(0, seq(1));
        assertThat(only.drain()).element(1).isInstanceOf(Effect.AnswerWrite.class);
    }

    @Test
    void marksThatComeLateChangeNothing() {
        Replica head = head();
        place(head, 1);
        place(head, 2);
        head.persisted(0, seq(2));
        head.committed(DOWN, seq(2));
        head.drain();
        head.committed(DOWN, seq(1));
        head.persisted(0, seq(1));
        assertThat(head.drain()).isEmpty();
        assertThat(head.report().commit()).isEqualTo(seq(2));
        assertThat(head.durable()).isEqualTo(seq(2));
    }

    @Test
    void aCommitMarkAboveWhatWasSentAsPreparedEndsItsStreamOnly() {
        Replica head = head();
        place(head, 1);
        head.committed(DOWN, seq(1));
        assertThat(head.drain())
                .contains(new Effect.RefuseSuccessor(DOWN))
                .anyMatch(Effect.NeighbourAtFault.class::isInstance)
                .noneMatch(Effect.AnswerWrite.class::isInstance);
        assertThat(head.report().commit()).isEqualTo(seq(0));
        head.hello(DOWN + 1, node(2), incarnation(2), epoch(1), new EpochTable(), seq(0), seq(0));
        head.persisted(0, seq(1));
        head.committed(DOWN + 1, seq(1));
        assertThat(head.drain()).anyMatch(Effect.AnswerWrite.class::isInstance);
    }

    @Test
    void aFailedConditionOnADirtyVersionWaitsUntilThatIsClean() {
        Replica head = head();
        place(head, 1);
        head.submit(2, write(2, A, new Condition.IsAbsent(A)), NOW);
        head.lookedUp(2, Found.NOTHING, NOW);
        assertThat(head.drain()).noneMatch(Effect.AnswerWrite.class::isInstance);
        head.persisted(0, seq(1));
        head.committed(DOWN, seq(1));
        assertThat(head.drain())
                .contains(new Effect.AnswerWrite(
                        2, new WriteOutcome.ConditionFailed(new Condition.IsAbsent(A), Optional.of(version(1, 1)))));
    }

    @Test
    void aRepeatedWriteGetsTheFormerResultAndNoSecondPlace() {
        Replica head = head();
        place(head, 1);
        head.submit(2, write(1, A), NOW);
        head.lookedUp(2, Found.NOTHING, NOW);
        head.persisted(0, seq(1));
        head.committed(DOWN, seq(1));
        WriteOutcome.Written written = new WriteOutcome.Written(version(1, 1), List.of(put(A, 1)));
        assertThat(head.drain())
                .contains(new Effect.AnswerWrite(1, written), new Effect.AnswerWrite(2, written))
                .filteredOn(Effect.Persist.class::isInstance)
                .isEmpty();
        assertThat(head.report().last()).isEqualTo(seq(1));
    }

    @Test
    void anotherRequestUnderAKnownWriteIdIsRefusedOnceTheEntryOfTheFirstIsClean() {
        Replica head = head();
        place(head, 1, write(1, A).of(new Fingerprint(1)));
        head.submit(2, write(1, A).of(new Fingerprint(2)), NOW);
        head.lookedUp(2, Found.NOTHING, NOW);
        head.persisted(0, seq(1));
        assertThat(head.drain()).noneMatch(Effect.AnswerWrite.class::isInstance);
        head.committed(DOWN, seq(1));
        assertThat(head.drain()).contains(new Effect.AnswerWrite(2, new WriteOutcome.OtherRequest()));
        assertThat(head.report().last()).isEqualTo(seq(1));
    }

    @Test
    void anEntryTellsTheWholeChainWhatWasAskedFor() {
        Replica head = head();
        Entry entry = new Entry(epoch(1), seq(1), List.of(put(A, 1)), 0, Optional.of(new Fingerprint(1)));
        head.submit(1, write(1, A).of(new Fingerprint(1)), NOW);
        head.drain();
        head.lookedUp(1, Found.NOTHING, NOW);
        assertThat(head.drain()).contains(new Effect.Persist(0, entry), new Effect.SendEntry(DOWN, entry));
    }

    @Test
    void onlyAServingHeadTakesWrites() {
        Replica outside = member(1, Restored.NOTHING);
        outside.submit(1, write(1, A), NOW);
        assertThat(outside.drain()).containsExactly(refused(1, Refusal.NOT_HEAD));

        Replica leaseless = member(1, Restored.NOTHING);
        leaseless.configured(chain(1, 1, 2));
        leaseless.drain();
        leaseless.submit(1, write(1, A), NOW);
        assertThat(leaseless.drain()).containsExactly(refused(1, Refusal.NOT_SERVING));

        Replica tail = member(2, Restored.NOTHING);
        tail.configured(chain(1, 1, 2));
        tail.drain();
        tail.submit(1, write(1, A), NOW);
        assertThat(tail.drain()).containsExactly(refused(1, Refusal.NOT_HEAD));
    }

    @Test
    void aLeaseThatEndsDuringTheLookUpRefusesTheWrite() {
        Replica head = head();
        head.submit(1, write(1, A), NOW);
        head.drain();
        head.lookedUp(1, Found.NOTHING, NOW + 1);
        assertThat(head.drain()).containsExactly(refused(1, Refusal.NOT_SERVING));
        assertThat(head.report().last()).isEqualTo(seq(0));
    }

    @Test
    void aFailedLookUpWritesNothing() {
        Replica head = head();
        head.submit(1, write(1, A), NOW);
        head.drain();
        head.lookUpFailed(1);
        assertThat(head.drain()).containsExactly(refused(1, Refusal.DATABASE_UNAVAILABLE));
        head.lookedUp(1, Found.NOTHING, NOW);
        assertThat(head.drain()).isEmpty();
    }

    @Test
    void tooManyDirtyEntriesRefuseFurtherWrites() {
        Replica head = head();
        for (int i = 1; i <= Replica.MAX_DIRTY_ENTRIES; i++) {
            place(head, i);
        }
        head.submit(0, write(0, A), NOW);
        assertThat(head.drain()).containsExactly(refused(0, Refusal.OVERLOADED));
    }

    @Test
    void anExpelledHeadEndsItsWritesAsUnknownOrRefused() {
        Replica head = head();
        place(head, 1);
        head.submit(2, write(2, A), NOW);
        head.drain();
        head.configured(chain(2, 2, 3));
        assertThat(head.drain())
                .containsExactly(
                        new Effect.CloseStreams(),
                        refused(2, Refusal.NOT_HEAD),
                        new Effect.AnswerWrite(1, new WriteOutcome.Unknown()),
                        new Effect.Expelled());
        assertThat(head.serves(NOW)).isFalse();
    }

    @Test
    void afterItsExpulsionNothingReachesTheLog() {
        Replica middle = member(2, Restored.NOTHING);
        middle.configured(chain(1, 1, 2, 3));
        long up = connecting(middle.drain());
        middle.welcomed(up, seq(0), seq(0), Optional.empty());
        middle.configured(chain(2, 1, 3));
        middle.drain();
        middle.received(up, entry(1, 1));
        middle.configured(chain(3, 1, 3, 2));
        middle.leased(NOW + 1);
        assertThat(middle.drain()).isEmpty();
        assertThat(middle.report().last()).isEqualTo(seq(0));
    }

    /** Returns n1 of n1, n2, n3, with a lease that holds at NOW and no longer, and a successor with an empty log. */
    private static Replica head() {
        Replica head = member(1, Restored.NOTHING);
        head.configured(chain(1, 1, 2, 3));
        head.leased(NOW + 1);
        head.hello(DOWN, node(2), incarnation(2), epoch(1), new EpochTable(), seq(0), seq(0));
        head.drain();
        return head;
    }

    private static Replica headWithOneCleanEntry() {
        Replica head = head();
        place(head, 1);
        head.persisted(0, seq(1));
        head.committed(DOWN, seq(1));
        head.drain();
        return head;
    }

    private static void place(Replica head, long id) {
        place(head, id, write(id, A));
    }

    private static void place(Replica head, long id, Write write) {
        head.submit(id, write, NOW);
        head.lookedUp(id, Found.NOTHING, NOW);
        head.drain();
    }

    static Replica member(int n, Restored restored) {
        return new Replica(node(n), Given.CHAIN, incarnation(n), restored);
    }

    /** Returns the stream that the effects ask to open. */
    static long connecting(List<Effect> effects) {
        return effects.stream()
                .filter(Effect.ConnectPredecessor.class::isInstance)
                .map(Effect.ConnectPredecessor.class::cast)
                .reduce((former, latter) -> latter)
                .orElseThrow()
                .stream();
    }

    private static long connectSuccessor(Replica replica, int n) {
        long stream = replica.newStream();
        replica.hello(stream, node(n), incarnation(n), epoch(1), new EpochTable(), seq(0), seq(0));
        replica.drain();
        return stream;
    }

    private static Effect refused(long token, Refusal reason) {
        return new Effect.AnswerWrite(token, new WriteOutcome.Refused(reason));
    }
}
