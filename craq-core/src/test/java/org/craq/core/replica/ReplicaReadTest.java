package org.craq.core.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.craq.core.replica.Given.A;
import static org.craq.core.replica.Given.B;
import static org.craq.core.replica.Given.chain;
import static org.craq.core.replica.Given.entry;
import static org.craq.core.replica.Given.epoch;
import static org.craq.core.replica.Given.incarnation;
import static org.craq.core.replica.Given.member;
import static org.craq.core.replica.Given.node;
import static org.craq.core.replica.Given.seq;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.craq.core.chain.Epoch;
import org.craq.core.chain.Seq;
import org.craq.core.file.Version;
import org.junit.jupiter.api.Test;

/** When a member answers a read itself, when it queries the tail, and when it refuses. */
class ReplicaReadTest {
    private static final long NOW = 1000;
    private static final long LATER = NOW + 1;

    private long up;

    @Test
    void aCleanFileIsReadAtTheMarkThatIsKnownHere() {
        Replica middle = middle();
        middle.read(1, Read.strong(B), NOW);
        assertThat(middle.drain()).containsExactly(at(1, seq(0)));
    }

    @Test
    void aDirtyFileIsReadAtTheMarkOfTheTail() {
        Replica middle = middle();
        middle.read(1, Read.strong(A), NOW);
        assertThat(middle.drain()).containsExactly(new Effect.AskTail(1, epoch(1), member(3)));
        middle.tailAnswered(1, seq(1), NOW);
        assertThat(middle.drain()).containsExactly(at(1, seq(1)));
    }

    @Test
    void aNewerMarkThatCameMeanwhileIsUsed() {
        Replica middle = middle();
        middle.read(1, Read.strong(A), NOW);
        middle.prepared(up, seq(1));
        middle.persisted(0, seq(1));
        middle.committed(connectSuccessor(middle), seq(1));
        middle.drain();
        middle.tailAnswered(1, seq(0), NOW);
        assertThat(middle.drain()).containsExactly(at(1, seq(1)));
    }

    @Test
    void aListingAsksTheTailWhenAnythingIsDirty() {
        Replica middle = middle();
        middle.read(1, Read.strongOfAll(), NOW);
        assertThat(middle.drain()).hasOnlyElementsOfType(Effect.AskTail.class);
    }

    @Test
    void aReadThatComesWhileAQueryIsUnderWayWaitsForTheNextOne() {
        Replica middle = middle();
        middle.read(1, Read.strong(A), NOW);
        middle.drain();
        middle.read(2, Read.strong(A), NOW);
        assertThat(middle.drain()).isEmpty();
        middle.tailAnswered(1, seq(0), NOW);
        assertThat(middle.drain()).containsExactly(at(1, seq(0)), new Effect.AskTail(2, epoch(1), member(3)));
    }

    @Test
    void withoutALeaseNothingIsRead() {
        Replica middle = middle();
        middle.read(1, Read.strong(B), LATER);
        assertThat(middle.drain()).containsExactly(refused(1, Refusal.NOT_SERVING));
    }

    @Test
    void aLeaseThatEndsBeforeTheTailAnswersRefusesTheRead() {
        Replica middle = middle();
        middle.read(1, Read.strong(A), NOW);
        middle.drain();
        middle.tailAnswered(1, seq(1), LATER);
        assertThat(middle.drain()).containsExactly(refused(1, Refusal.NOT_SERVING));
    }

    @Test
    void aSilentTailRefusesTheRead() {
        Replica middle = middle();
        middle.read(1, Read.strong(A), NOW);
        middle.drain();
        middle.tailSilent(1, NOW);
        assertThat(middle.drain()).containsExactly(refused(1, Refusal.TAIL_SILENT));
        middle.tailAnswered(1, seq(1), NOW);
        assertThat(middle.drain()).isEmpty();
    }

    @Test
    void inANewEpochTheNewTailIsAsked() {
        Replica middle = middle();
        middle.read(1, Read.strong(A), NOW);
        middle.drain();
        middle.configured(chain(2, 1, 2, 4));
        assertThat(middle.drain()).contains(new Effect.AskTail(2, epoch(2), member(4)));
        middle.tailAnswered(1, seq(1), NOW);
        assertThat(middle.drain()).isEmpty();
    }

    @Test
    void theTailAnswersQueriesOfMembersInItsEpochOnly() {
        Replica tail = new Replica(node(3), Given.CHAIN, incarnation(3), Restored.NOTHING);
        tail.configured(chain(2, 1, 2, 3));
        tail.leased(LATER);
        assertThat(tail.versionQuery(node(2), incarnation(2), epoch(2), NOW))
                .as("not complete yet")
                .isEmpty();
        tail.welcomed(ReplicaWriteTest.connecting(tail.drain()), seq(0), seq(0), Optional.empty());
        assertThat(tail.versionQuery(node(2), incarnation(2), epoch(2), NOW)).contains(seq(0));
        assertThat(tail.versionQuery(node(2), incarnation(2), epoch(1), NOW)).isEmpty();
        assertThat(tail.versionQuery(node(2), incarnation(9), epoch(2), NOW)).isEmpty();
        assertThat(tail.versionQuery(node(4), incarnation(4), epoch(2), NOW)).isEmpty();
        assertThat(tail.versionQuery(node(2), incarnation(2), epoch(2), LATER)).isEmpty();
    }

    @Test
    void aMemberThatIsNoTailAnswersNoQueries() {
        assertThat(middle().versionQuery(node(1), incarnation(1), epoch(1), NOW))
                .isEmpty();
    }

    @Test
    void afterARestartWithAnOldMarkEveryFileCountsAsDirty() {
        Restored restored = new Restored(seq(5), List.of(new EpochTable.Start(epoch(1), seq(1))), seq(2));
        Replica head = new Replica(node(1), Given.CHAIN, incarnation(1), restored);
        head.configured(chain(2, 1, 2));
        head.leased(LATER);
        head.drain();
        head.read(1, Read.strong(B), NOW);
        assertThat(head.drain()).containsExactly(new Effect.AskTail(1, epoch(2), member(2)));
    }

    @Test
    void aLeaseOnItsWayIsNotTakenAfterItWasGivenUp() {
        Replica middle = middle();
        middle.leaseGivenUp();
        assertThat(middle.serves(NOW)).isFalse();
        middle.leased(LATER);
        assertThat(middle.serves(NOW)).isFalse();
    }

    @Test
    void aLeaseHoldsAcrossTheEndOfTheClocksRange() {
        Replica middle = middle();
        middle.leased(Long.MAX_VALUE);
        middle.leased(Long.MAX_VALUE + 10);
        assertThat(middle.serves(Long.MAX_VALUE)).isTrue();
        assertThat(middle.serves(Long.MIN_VALUE + 8)).isTrue();
        assertThat(middle.serves(Long.MIN_VALUE + 9)).isFalse();
    }

    @Test
    void anExpelledMemberRefusesTheReadsThatWait() {
        Replica middle = middle();
        middle.read(1, Read.strong(A), NOW);
        middle.drain();
        middle.configured(chain(2, 1, 3));
        assertThat(middle.drain())
                .containsExactly(new Effect.CloseStreams(), refused(1, Refusal.NOT_SERVING), new Effect.Expelled());
    }

    @Test
    void aTailThatTellsMoreThanIsDurableHereIsNotBelieved() {
        Replica middle = middle();
        middle.received(up, entry(1, 2));
        middle.read(1, Read.strong(A), NOW);
        middle.drain();
        middle.tailAnswered(1, seq(2), NOW);
        assertThat(middle.drain())
                .contains(refused(1, Refusal.TAIL_SILENT))
                .anyMatch(Effect.NeighbourAtFault.class::isInstance);
    }

    /**
     * Returns n2 of n1, n2, n3, with a lease that ends at LATER and one dirty entry on file a, which is durable here.
     */
    private Replica middle() {
        Replica middle = new Replica(node(2), Given.CHAIN, incarnation(2), Restored.NOTHING);
        middle.configured(chain(1, 1, 2, 3));
        middle.leased(LATER);
        up = ReplicaWriteTest.connecting(middle.drain());
        middle.welcomed(up, seq(0), seq(0), Optional.empty());
        middle.received(up, entry(1, 1));
        middle.persisted(0, seq(1));
        middle.drain();
        return middle;
    }

    private static long connectSuccessor(Replica replica) {
        long stream = replica.newStream();
        replica.hello(stream, node(3), incarnation(3), epoch(1), new EpochTable(), seq(0), seq(0));
        return stream;
    }

    private static Effect at(long token, Seq mark) {
        return new Effect.AnswerRead(token, strongAt(mark));
    }

    private static ReadOutcome.At strongAt(Seq mark) {
        return new ReadOutcome.At(mark, seen(mark), ReadOutcome.Level.STRONG, true, OptionalLong.empty());
    }

    private static Version seen(Seq mark) {
        return new Version(mark.equals(Seq.NONE) ? Epoch.NONE : epoch(1), mark);
    }

    private static Effect refused(long token, Refusal reason) {
        return new Effect.AnswerRead(token, new ReadOutcome.Refused(reason));
    }
}
