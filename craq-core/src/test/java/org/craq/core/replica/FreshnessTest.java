package org.craq.core.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.craq.core.replica.Given.A;
import static org.craq.core.replica.Given.B;
import static org.craq.core.replica.Given.chain;
import static org.craq.core.replica.Given.entry;
import static org.craq.core.replica.Given.incarnation;
import static org.craq.core.replica.Given.node;
import static org.craq.core.replica.Given.seq;
import static org.craq.core.replica.Given.version;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.craq.core.file.FileName;
import org.craq.core.file.Version;
import org.junit.jupiter.api.Test;

/**
 * Reads that need not be linearizable, and sessions. The member is n2 of three; two versions of file a are dirty on it.
 */
class FreshnessTest {
    private static final long LEASE_END = 1000;
    private static final OptionalLong NONE = OptionalLong.empty();

    private final Replica middle = middle();

    @Test
    void anEventualReadNeedsNeitherTailNorLease() {
        assertThat(answer(A, new Freshness.Eventual(), LEASE_END + 1))
                .isEqualTo(at(0, 0, ReadOutcome.Level.EVENTUAL, false, NONE));
    }

    @Test
    void anUncommittedReadSeesWhatIsDurableHereAndSaysWhatIsCommitted() {
        middle.persisted(0, seq(2));
        assertThat(answer(A, new Freshness.Uncommitted(), LEASE_END + 1))
                .isEqualTo(at(2, 0, ReadOutcome.Level.UNCOMMITTED, false, NONE));
    }

    @Test
    void aMemberThatIsNotCompleteAnswersNoReadOfAnyKind() {
        Replica joining = new Replica(node(2), Given.CHAIN, incarnation(2), Restored.NOTHING);
        joining.configured(chain(1, 1, 2, 3));
        joining.leased(LEASE_END);
        joining.drain();
        for (Freshness freshness : List.of(new Freshness.Eventual(), new Freshness.Uncommitted(), age(50), lag(50))) {
            joining.read(1, new Read(Set.of(A), freshness, Optional.empty()), 0);
            assertThat(joining.drain()).containsExactly(refused(Refusal.NOT_SERVING));
        }
    }

    @Test
    void aReadBoundedByVersionsAsksTheTailWhenMoreAreDirty() {
        assertThat(answer(A, lag(2), 0)).isEqualTo(at(0, 0, ReadOutcome.Level.BOUNDED, true, NONE));
        assertThat(effects(A, lag(1), 0)).hasOnlyElementsOfType(Effect.AskTail.class);
    }

    @Test
    void aReadBoundedByVersionsIsStrongWhereNothingIsDirty() {
        assertThat(answer(B, lag(0), 0)).isEqualTo(at(0, 0, ReadOutcome.Level.STRONG, true, NONE));
    }

    @Test
    void aReadBoundedByVersionsNeedsALease() {
        assertThat(effects(A, lag(9), LEASE_END)).containsExactly(refused(Refusal.NOT_SERVING));
    }

    @Test
    void aReadBoundedByAgeAsksTheTailTheFirstTime() {
        assertThat(effects(A, age(50), 0)).hasOnlyElementsOfType(Effect.AskTail.class);
    }

    @Test
    void ageCountsFromWhenTheTailWasAskedNotFromItsAnswer() {
        askedAt(100, 140);
        assertThat(answer(A, age(50), 150)).isEqualTo(at(1, 1, ReadOutcome.Level.BOUNDED, false, OptionalLong.of(150)));
        assertThat(effects(A, age(50), 151)).hasOnlyElementsOfType(Effect.AskTail.class);
    }

    @Test
    void withoutALeaseAReadIsAnsweredAsLongAsItsAgeAllows() {
        askedAt(900, 910);
        assertThat(answer(A, age(500), 1400))
                .isEqualTo(at(1, 1, ReadOutcome.Level.BOUNDED, false, OptionalLong.of(1400)));
        assertThat(effects(A, age(500), 1401)).containsExactly(refused(Refusal.NOT_SERVING));
    }

    @Test
    void aReadBoundedByBothNeedsBoth() {
        askedAt(100, 100);
        Freshness both = new Freshness.Bounded(OptionalLong.of(50), OptionalLong.of(1));
        assertThat(effects(A, both, 110)).as("two versions are dirty").hasOnlyElementsOfType(Effect.AskTail.class);
    }

    @Test
    void aTailWithoutALeaseWasCurrentUntilItEnded() {
        Replica tail = new Replica(node(3), Given.CHAIN, incarnation(3), Restored.NOTHING);
        tail.configured(chain(1, 1, 2, 3));
        tail.leased(LEASE_END);
        tail.welcomed(ReplicaWriteTest.connecting(tail.drain()), seq(0), seq(0), Optional.empty());
        tail.drain();
        tail.read(1, new Read(Set.of(A), age(50), Optional.empty()), LEASE_END + 50);
        assertThat(tail.drain())
                .containsExactly(new Effect.AnswerRead(
                        1, at(0, 0, ReadOutcome.Level.BOUNDED, false, OptionalLong.of(LEASE_END + 50))));
        tail.read(1, new Read(Set.of(A), age(50), Optional.empty()), LEASE_END + 51);
        assertThat(tail.drain()).containsExactly(refused(Refusal.NOT_SERVING));
    }

    @Test
    void aReadThatDependsOnTwoFilesAsksTheTailWhenOneIsDirty() {
        Freshness strong = new Freshness.Strong();
        assertThat(effects(B, strong, 0)).as("clean").hasOnlyElementsOfType(Effect.AnswerRead.class);
        middle.read(1, new Read(Set.of(A, B), strong, Optional.empty()), 0);
        assertThat(middle.drain()).hasOnlyElementsOfType(Effect.AskTail.class);
    }

    @Test
    void aSessionThatHasSeenMoreThanIsKnownHereMakesTheTailBeAsked() {
        middle.read(1, new Read(Set.of(A), new Freshness.Eventual(), Optional.of(version(1, 1))), 0);
        assertThat(middle.drain()).hasOnlyElementsOfType(Effect.AskTail.class);
        middle.tailAnswered(1, seq(1), 1);
        assertThat(middle.drain())
                .containsExactly(new Effect.AnswerRead(1, at(1, 1, ReadOutcome.Level.STRONG, true, NONE)));
    }

    @Test
    void aSessionOfAnotherHistoryIsRefused() {
        for (Version foreign : List.of(version(2, 1), version(1, 9))) {
            middle.read(1, new Read(Set.of(A), new Freshness.Strong(), Optional.of(foreign)), 0);
            long query = ((Effect.AskTail) middle.drain().get(0)).query();
            middle.tailAnswered(query, seq(1), 1);
            assertThat(middle.drain()).containsExactly(refused(Refusal.SESSION_UNKNOWN));
        }
    }

    @Test
    void boundsThatSayNothingAreRefused() {
        assertThatThrownBy(() -> new Freshness.Bounded(NONE, NONE)).hasMessageContaining("states how old");
        assertThatThrownBy(() -> age(-1)).hasMessageContaining("not negative");
    }

    private static Freshness age(long nanos) {
        return new Freshness.Bounded(OptionalLong.of(nanos), NONE);
    }

    private static Freshness lag(long versions) {
        return new Freshness.Bounded(NONE, OptionalLong.of(versions));
    }

    /** Queries the tail, which answers that the first entry is committed. */
    private void askedAt(long asked, long answered) {
        List<Effect> asking = effects(A, new Freshness.Strong(), asked);
        middle.tailAnswered(((Effect.AskTail) asking.get(0)).query(), seq(1), answered);
        middle.drain();
    }

    private List<Effect> effects(FileName name, Freshness freshness, long now) {
        middle.read(1, new Read(Set.of(name), freshness, Optional.empty()), now);
        return middle.drain();
    }

    private ReadOutcome answer(FileName name, Freshness freshness, long now) {
        middle.drain();
        Effect.AnswerRead answer =
                (Effect.AnswerRead) effects(name, freshness, now).get(0);
        return answer.outcome();
    }

    private static ReadOutcome.At at(
            long mark, long seen, ReadOutcome.Level level, boolean leased, OptionalLong until) {
        return new ReadOutcome.At(seq(mark), version(seen == 0 ? 0 : 1, seen), level, leased, until);
    }

    private static Effect refused(Refusal reason) {
        return new Effect.AnswerRead(1, new ReadOutcome.Refused(reason));
    }

    private static Replica middle() {
        Replica middle = new Replica(node(2), Given.CHAIN, incarnation(2), Restored.NOTHING);
        middle.configured(chain(1, 1, 2, 3));
        middle.leased(LEASE_END);
        long up = ReplicaWriteTest.connecting(middle.drain());
        middle.welcomed(up, seq(0), seq(0), Optional.empty());
        middle.received(up, entry(1, 1));
        middle.received(up, entry(1, 2));
        middle.persisted(0, seq(2));
        middle.drain();
        return middle;
    }
}
