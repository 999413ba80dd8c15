package org.craq.core.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.craq.core.replica.Given.A;
import static org.craq.core.replica.Given.B;
import static org.craq.core.replica.Given.delete;
import static org.craq.core.replica.Given.entry;
import static org.craq.core.replica.Given.epoch;
import static org.craq.core.replica.Given.put;
import static org.craq.core.replica.Given.seq;
import static org.craq.core.replica.Given.version;
import static org.craq.core.replica.Given.write;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.craq.core.file.Version;
import org.junit.jupiter.api.Test;

class SequencerTest {
    private static final long CREATED = 1_700_000_000_987L;
    private static final long CREATED_SECOND = 1_700_000_000L;
    private static final Fingerprint ONE = new Fingerprint(1);
    private static final Fingerprint OTHER = new Fingerprint(2);

    private final EntryWindow window = new EntryWindow(seq(4));
    private final Sequencer sequencer = new Sequencer(window);

    @Test
    void anUnconditionalWriteTakesItsPlace() {
        assertThat(sequencer.settle(write(1, A), Found.NOTHING)).isEmpty();
    }

    @Test
    void aWriteIdInTheWindowIsAnsweredWithItsFormerResultOnceThatIsClean() {
        window.append(entry(1, 5, put(A, 1)));
        assertSettled(write(1, A), Found.NOTHING, 5, new WriteOutcome.Written(version(1, 5), List.of(put(A, 1))));
    }

    @Test
    void aWriteIdInTheDatabaseIsAnsweredWithItsFormerResultOnceThatIsClean() {
        WriteOutcome.Written former = new WriteOutcome.Written(version(1, 3), List.of(put(A, 1)));
        assertSettled(write(1, A), formerly(Optional.empty()), 3, former);
    }

    @Test
    void aRepeatedRequestIsAnsweredWithItsFormerResult() {
        WriteOutcome.Written former = new WriteOutcome.Written(version(1, 3), List.of(put(A, 1)));
        assertSettled(write(1, A).of(ONE), formerly(Optional.of(ONE)), 3, former);
    }

    @Test
    void anotherRequestUnderTheSameWriteIdIsRefusedOnceTheFirstIsClean() {
        assertSettled(write(1, A).of(OTHER), formerly(Optional.of(ONE)), 3, new WriteOutcome.OtherRequest());
        window.append(new Entry(epoch(1), seq(5), List.of(put(A, 1)), 0, Optional.of(ONE)));
        assertSettled(write(1, A).of(OTHER), Found.NOTHING, 5, new WriteOutcome.OtherRequest());
        assertSettled(
                write(1, A, new Condition.IsAbsent(A)).of(OTHER), Found.NOTHING, 5, new WriteOutcome.OtherRequest());
    }

    @Test
    void whereNobodyKnowsWhatWasAskedForTheWriteIdAloneCounts() {
        WriteOutcome.Written former = new WriteOutcome.Written(version(1, 3), List.of(put(A, 1)));
        assertSettled(write(1, A).of(OTHER), formerly(Optional.empty()), 3, former);
        assertSettled(write(1, A), formerly(Optional.of(ONE)), 3, former);
    }

    private static Found formerly(Optional<Fingerprint> request) {
        Entry entry = new Entry(epoch(1), seq(3), List.of(put(A, 1)), 0, request);
        return new Found(Optional.of(entry), Map.of());
    }

    @Test
    void theFormerResultCountsEvenWhenTheConditionWouldFailNow() {
        window.append(entry(1, 5, put(A, 1)));
        assertSettled(
                write(1, A, new Condition.IsAbsent(A)),
                Found.NOTHING,
                5,
                new WriteOutcome.Written(version(1, 5), List.of(put(A, 1))));
    }

    @Test
    void aConditionIsHeldAgainstTheNewestVersionInTheWindowRatherThanTheDatabase() {
        window.append(entry(1, 5, put(A, 2)));
        Found older = newest(version(1, 4), false);
        assertFailed(new Condition.IsVersion(A, version(1, 4)), older, 5, Optional.of(version(1, 5)));
        assertThat(sequencer.settle(write(1, A, new Condition.IsVersion(A, version(1, 5))), older))
                .isEmpty();
    }

    @Test
    void theSameSeqOfAnotherEpochIsAnotherVersion() {
        Found found = newest(version(2, 4), false);
        assertFailed(new Condition.IsVersion(A, version(1, 4)), found, 4, Optional.of(version(2, 4)));
    }

    @Test
    void aTombstoneCountsAsAbsent() {
        Found tombstone = newest(version(1, 4), true);
        assertThat(sequencer.settle(write(1, A, new Condition.IsAbsent(A)), tombstone))
                .isEmpty();
        assertFailed(new Condition.Exists(A), tombstone, 4, Optional.empty());
        assertFailed(new Condition.IsVersion(A, version(1, 4)), tombstone, 4, Optional.empty());
        window.append(entry(1, 5, delete(A, 2)));
        assertFailed(new Condition.Exists(A), newest(version(1, 4), false), 5, Optional.empty());
    }

    @Test
    void whatNeverWasIsAbsentAndRestsOnNothing() {
        assertThat(sequencer.settle(write(1, A, new Condition.IsAbsent(A)), Found.NOTHING))
                .isEmpty();
        assertFailed(new Condition.Exists(A), Found.NOTHING, 0, Optional.empty());
    }

    @Test
    void oneOfSeveralVersionsIsDecidedInTheOrderedPlace() {
        Set<Version> older = Set.of(version(1, 3), version(1, 4));
        Found found = newest(version(1, 4), false);
        assertPlaced(new Condition.IsOneOf(A, older), found);
        assertFailed(new Condition.IsNoneOf(A, older), found, 4, Optional.of(version(1, 4)));
        // A dirty version counts even if the database lookup did not find it.
        window.append(entry(1, 5, put(A, 2)));
        assertFailed(new Condition.IsOneOf(A, older), found, 5, Optional.of(version(1, 5)));
        assertPlaced(new Condition.IsNoneOf(A, older), found);
    }

    @Test
    void whatIsNotThereIsNoneOfAnyVersionsAndOneOfNone() {
        Set<Version> any = Set.of(version(1, 4));
        for (Found found : List.of(Found.NOTHING, newest(version(1, 4), true))) {
            long rests = found.equals(Found.NOTHING) ? 0 : 4;
            assertPlaced(new Condition.IsNoneOf(A, any), found);
            assertFailed(new Condition.IsOneOf(A, any), found, rests, Optional.empty());
        }
        assertFailed(new Condition.IsOneOf(A, Set.of()), newest(version(1, 4), false), 4, Optional.of(version(1, 4)));
    }

    @Test
    void aDateIsHeldAgainstTheSecondThatTheNewestVersionCarries() {
        Found found = newest(version(1, 4), false);
        assertPlaced(new Condition.UnmodifiedSince(A, CREATED_SECOND), found);
        assertFailed(new Condition.UnmodifiedSince(A, CREATED_SECOND - 1), found, 4, Optional.of(version(1, 4)));
        Entry later = new Entry(epoch(1), seq(5), List.of(put(A, 2)), CREATED + 1000);
        window.append(later);
        assertFailed(new Condition.UnmodifiedSince(A, CREATED_SECOND), found, 5, Optional.of(version(1, 5)));
    }

    @Test
    void whatIsNotThereHasNotBeenModified() {
        assertPlaced(new Condition.UnmodifiedSince(A, 0), Found.NOTHING);
        assertPlaced(new Condition.UnmodifiedSince(A, 0), newest(version(1, 4), true));
    }

    @Test
    void allConditionsMustHold() {
        Found found = newest(version(1, 4), false);
        Write write = write(1, A, new Condition.Exists(A), new Condition.Exists(B));
        assertSettled(write, found, 0, new WriteOutcome.ConditionFailed(new Condition.Exists(B), Optional.empty()));
    }

    private static Found newest(Version version, boolean tombstone) {
        return new Found(Optional.empty(), Map.of(A, new Found.Newest(version, tombstone, CREATED)));
    }

    private void assertPlaced(Condition condition, Found found) {
        assertThat(sequencer.settle(write(1, A, condition), found)).isEmpty();
    }

    private void assertFailed(Condition condition, Found found, long rests, Optional<Version> newest) {
        assertSettled(write(1, A, condition), found, rests, new WriteOutcome.ConditionFailed(condition, newest));
    }

    private void assertSettled(Write write, Found found, long rests, WriteOutcome outcome) {
        assertThat(sequencer.settle(write, found)).contains(new Sequencer.Settled(seq(rests), outcome));
    }
}
