package org.craq.core.replica;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PendingReadsTest {
    private final PendingReads reads = new PendingReads();

    @Test
    void asksNothingWithoutReads() {
        assertThat(reads.ask()).isFalse();
    }

    @Test
    void readsThatCameBeforeTheQueryShareIt() {
        reads.add(1);
        reads.add(2);
        assertThat(reads.ask()).isTrue();
        assertThat(reads.answered(reads.query())).containsExactly(1L, 2L);
        assertThat(reads.size()).isZero();
    }

    @Test
    void aReadNeverSharesAQueryThatIsAlreadySent() {
        reads.add(1);
        reads.ask();
        long sent = reads.query();
        reads.add(2);
        assertThat(reads.ask()).as("one query at a time").isFalse();
        assertThat(reads.answered(sent)).containsExactly(1L);
        assertThat(reads.ask()).isTrue();
        assertThat(reads.query()).isNotEqualTo(sent);
        assertThat(reads.answered(reads.query())).containsExactly(2L);
    }

    @Test
    void anAnswerCountsOnce() {
        reads.add(1);
        reads.ask();
        long query = reads.query();
        reads.answered(query);
        reads.add(2);
        reads.ask();
        assertThat(reads.answered(query)).isEmpty();
        assertThat(reads.size()).isEqualTo(1);
    }

    @Test
    void afterARestartEveryReadIsAskedForAnew() {
        reads.add(1);
        reads.ask();
        long former = reads.query();
        reads.add(2);
        reads.restart();
        assertThat(reads.answered(former)).isEmpty();
        assertThat(reads.ask()).isTrue();
        assertThat(reads.answered(reads.query())).containsExactly(1L, 2L);
    }

    @Test
    void clearGivesBackAll() {
        reads.add(1);
        reads.ask();
        reads.add(2);
        assertThat(reads.clear()).containsExactly(1L, 2L);
        assertThat(reads.ask()).isFalse();
    }
}
