package org.craq.core.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.craq.core.replica.Given.A;
import static org.craq.core.replica.Given.B;
import static org.craq.core.replica.Given.delete;
import static org.craq.core.replica.Given.entry;
import static org.craq.core.replica.Given.put;
import static org.craq.core.replica.Given.seq;
import static org.craq.core.replica.Given.version;
import static org.craq.core.replica.Given.write;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.craq.core.file.Version;
import org.junit.jupiter.api.Test;

class SequencerTest {
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
        assertSettled(write(1, A), new Found(Optional.of(former), Map.of()), 3, former);
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
    void allConditionsMustHold() {
        Found found = newest(version(1, 4), false);
        Write write = write(1, A, new Condition.Exists(A), new Condition.Exists(B));
        assertSettled(write, found, 0, new WriteOutcome.ConditionFailed(B, Optional.empty()));
    }

    private static Found newest(Version version, boolean tombstone) {
        return new Found(Optional.empty(), Map.of(A, new Found.Newest(version, tombstone)));
    }

    private void assertFailed(Condition condition, Found found, long rests, Optional<Version> newest) {
        assertSettled(write(1, A, condition), found, rests, new WriteOutcome.ConditionFailed(A, newest));
    }

    private void assertSettled(Write write, Found found, long rests, WriteOutcome outcome) {
        assertThat(sequencer.settle(write, found)).contains(new Sequencer.Settled(seq(rests), outcome));
    }
}
