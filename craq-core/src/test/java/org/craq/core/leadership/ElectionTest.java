package org.craq.core.leadership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.craq.core.leadership.Election.Attempt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ElectionTest {
    private static final ManagerIdentity A = new ManagerIdentity("a", "a:9005", "http://a");
    private static final ManagerIdentity B = new ManagerIdentity("b", "b:9005", "http://b");

    private final Election a = new Election(A, Contest.TIMES);
    private final Election b = new Election(B, Contest.TIMES);
    private LeaseRecord row = new LeaseRecord(new UUID(0, 0), Optional.empty(), 0, true, Duration.ZERO, Instant.EPOCH);
    private long terms;

    @Test
    void aFreeRowIsClaimedAtOnce() {
        round(a, 0);
        assertThat(a.leads(millis(10))).isTrue();
        assertThat(row.holder()).contains(A);
    }

    @Test
    void aStandbyWaitsWhileTheLeaderRenews() {
        for (int now = 0; now < 20_000; now += 100) {
            round(a, now);
            round(b, now + 50);
            assertThat(a.leads(millis(now + 60))).isTrue();
            assertThat(b.leads(millis(now + 60))).isFalse();
        }
    }

    @Test
    void aRowThatStandsStillIsTakenOverAfterTheLeadersRightHasEnded() {
        round(a, 0);
        round(b, 50);
        round(b, 1_240);
        assertThat(a.leads(millis(1_000))).isFalse();
        assertThat(b.leads(millis(1_240))).isFalse();
        round(b, 1_250);
        assertThat(b.leads(millis(1_250))).isTrue();
    }

    @Test
    void aLeaderThatStoodStillLongerThanTheTakeoverWakesWithoutItsOldRight() {
        round(a, 0);
        Attempt renewal = next(a, 300).orElseThrow();
        round(b, 350);
        round(b, 1_600);
        assertThat(b.leads(millis(1_600))).isTrue();
        assertThat(a.leads(millis(1_600))).isFalse();
        send(a, renewal, 300);
        assertThat(a.leads(millis(1_601))).isFalse();
        round(a, 1_700);
        assertThat(a.term()).isEmpty();
        assertThat(row.holder()).contains(B);
    }

    @Test
    void aLateRenewalThatNobodyWasFasterThanBringsTheRightBack() {
        round(a, 0);
        assertThat(a.leads(millis(1_100))).isFalse();
        assertThat(a.term()).as("the term continues").isPresent();
        round(a, 1_100);
        assertThat(a.leads(millis(1_100))).isTrue();
    }

    @Test
    void theRightCountsFromBeforeTheRenewal() {
        round(a, 0);
        Attempt renewal = next(a, 300).orElseThrow();
        send(a, renewal, 300);
        assertThat(a.leads(millis(1_299))).isTrue();
        assertThat(a.leads(millis(1_300))).isFalse();
    }

    @Test
    void aRenewalWhoseAnswerWasLostIsFoundAndGivesNoRight() {
        round(a, 0);
        row = next(a, 900).orElseThrow().next();
        a.failed();
        assertThat(a.leads(millis(999))).isTrue();
        a.looked(row, millis(1_050));
        assertThat(a.leads(millis(1_050))).isFalse();
        round(a, 1_060);
        assertThat(a.leads(millis(1_060))).isTrue();
    }

    @Test
    void aClaimWhoseAnswerWasLostIsFoundAndRenewedBeforeItIsActedOn() {
        a.looked(row, 0);
        row = next(a, 0).orElseThrow().next();
        a.failed();
        a.looked(row, millis(100));
        assertThat(a.leads(millis(100))).isFalse();
        round(a, 110);
        assertThat(a.leads(millis(110))).isTrue();
    }

    @Test
    void aStandbyThatStoodStillBeginsToWaitAnewWhenTheRowHasMoved() {
        round(a, 0);
        round(b, 50);
        round(a, 1_000);
        round(b, 9_000);
        assertThat(b.leads(millis(9_000))).isFalse();
    }

    @Test
    void aStandbyThatWasSetUpWithAShorterTimeWaitsTheLeadersTime() {
        Election hasty = new Election(B, LeaseTimes.of(Duration.ofMillis(600)));
        round(a, 0);
        round(hasty, 50);
        round(hasty, 1_240);
        assertThat(hasty.leads(millis(1_240))).isFalse();
        round(hasty, 1_260);
        assertThat(hasty.leads(millis(1_260))).isTrue();
    }

    @Test
    void ofTwoThatClaimOneWins() {
        a.looked(row, 0);
        b.looked(row, 0);
        Attempt first = next(a, 0).orElseThrow();
        Attempt second = next(b, 0).orElseThrow();
        send(a, first, 0);
        send(b, second, 0);
        assertThat(a.leads(millis(1))).isTrue();
        assertThat(b.leads(millis(1))).isFalse();
    }

    @Test
    void whoResignsNeverActsAgainAndIsFollowedAtOnce() {
        round(a, 0);
        round(b, 50);
        Attempt release = a.resign().orElseThrow();
        assertThat(a.leads(millis(60))).isFalse();
        send(a, release, 60);
        round(b, 100);
        assertThat(b.leads(millis(100))).isTrue();
        round(a, 5_000);
        assertThat(a.leads(millis(5_000))).isFalse();
        assertThat(a.resign()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void neverDoTwoLeadWhateverGoesWrong(int managers) {
        int terms = 0;
        for (int seed = 0; seed < 200; seed++) {
            Contest contest = new Contest(seed, managers);
            for (int i = 0; i < 6_000; i++) {
                contest.tick();
            }
            terms += contest.terms();
            contest.calmDown();
            for (int i = 0; i < 1_500; i++) {
                contest.tick();
            }
            assertThat(contest.leaders()).as("seed %d", seed).hasSize(1);
        }
        assertThat(terms).as("takeovers happened").isGreaterThan(200 * 5);
    }

    @Test
    void aRightThatOutlivesTheTakeoverIsRefused() {
        Duration second = Duration.ofSeconds(1);
        assertThatThrownBy(() -> new LeaseTimes(second, second, Duration.ofMillis(100)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private void round(Election manager, long now) {
        if (manager.mustLook()) {
            manager.looked(row, millis(now));
        }
        next(manager, now).ifPresent(attempt -> send(manager, attempt, now));
    }

    private Optional<Attempt> next(Election manager, long now) {
        return manager.next(millis(now), new UUID(7, ++terms), Instant.EPOCH);
    }

    private void send(Election manager, Attempt attempt, long began) {
        if (attempt.expected().beat() == row.beat()) {
            row = attempt.next();
            manager.succeeded(attempt, millis(began));
        } else {
            manager.refused();
        }
    }

    private static long millis(long millis) {
        return Duration.ofMillis(millis).toNanos();
    }
}
