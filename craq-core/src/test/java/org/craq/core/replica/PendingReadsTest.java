package org.craq.core.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class PendingReadsTest {
    private final PendingReads reads = new PendingReads();

    @Test
    void asksNothingWithoutReads() {
        assertThat(ask()).isFalse();
    }

    @Test
    void readsThatCameBeforeTheQueryShareIt() {
        add(1);
        add(2);
        assertThat(ask()).isTrue();
        assertThat(tokens(reads.query())).containsExactly(1L, 2L);
        assertThat(reads.size()).isZero();
    }

    @Test
    void aReadNeverSharesAQueryThatIsAlreadySent() {
        add(1);
        ask();
        long sent = reads.query();
        add(2);
        assertThat(ask()).as("one query at a time").isFalse();
        assertThat(tokens(sent)).containsExactly(1L);
        assertThat(ask()).isTrue();
        assertThat(reads.query()).isNotEqualTo(sent);
        assertThat(tokens(reads.query())).containsExactly(2L);
    }

    @Test
    void anAnswerCountsOnce() {
        add(1);
        ask();
        long query = reads.query();
        reads.answered(query);
        add(2);
        ask();
        assertThat(reads.answered(query)).isEmpty();
        assertThat(reads.size()).isEqualTo(1);
    }

    @Test
    void afterARestartEveryReadIsAskedForAnew() {
        add(1);
        ask();
        long former = reads.query();
        add(2);
        reads.restart();
        assertThat(reads.answered(former)).isEmpty();
        assertThat(ask()).isTrue();
        assertThat(tokens(reads.query())).containsExactly(1L, 2L);
    }

    @Test
    void clearGivesBackAll() {
        add(1);
        ask();
        add(2);
        assertThat(reads.clear()).extracting(PendingReads.Waiting::token).containsExactly(1L, 2L);
        assertThat(ask()).isFalse();
    }

    private void add(long token) {
        reads.add(token, Optional.empty());
    }

    private boolean ask() {
        return reads.ask(OptionalLong.empty());
    }

    private List<Long> tokens(long query) {
        return reads.answered(query).orElseThrow().reads().stream()
                .map(PendingReads.Waiting::token)
                .toList();
    }
}
