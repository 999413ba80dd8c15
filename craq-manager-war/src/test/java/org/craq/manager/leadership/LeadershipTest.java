package org.craq.manager.leadership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.craq.core.leadership.LeaseRecord;
import org.craq.core.leadership.LeaseTimes;
import org.craq.core.leadership.ManagerIdentity;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.junit.jupiter.api.Test;

class LeadershipTest {
    private final Table table = new Table();
    private long now;
    private final Leadership first = manager("m1");
    private final Leadership second = manager("m2");

    @Test
    void aStandbyNamesTheLeader() {
        first.round();
        second.round();
        assertThat(first.held()).isTrue();
        assertThat(second.otherLeader()).contains(first.self());
        assertThatThrownBy(second::require)
                .isInstanceOfSatisfying(
                        CraqException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MANAGER_UNAVAILABLE))
                .hasMessageContaining("the leader is manager m1 at m1:9005");
    }

    @Test
    void aCommitThatFailedWithACheckedExceptionLeavesTheOutcomeOpen() {
        first.round();
        table.failNext = true;
        pass(400);
        assertThatThrownBy(first::round).isInstanceOf(LostConnection.class);
        assertThat(first.held()).as("the last renewal still counts").isTrue();
        pass(400);
        first.round();
        pass(700);
        assertThat(first.held()).as("renewed again").isTrue();
    }

    @Test
    void aLeaderThatCouldNotRenewSaysSoUntilItKnowsOfAnotherOne() {
        first.round();
        second.round();
        pass(1_300);
        assertThatThrownBy(first::require).hasMessageContaining("could not renew");
        second.round();
        assertThat(second.held()).isTrue();
        first.round();
        first.round();
        assertThatThrownBy(first::require).hasMessageContaining("the leader is manager m2");
    }

    @Test
    void whoResignsIsFollowedAtOnce() {
        first.round();
        second.round();
        first.resign();
        assertThat(first.held()).isFalse();
        second.round();
        assertThat(second.held()).isTrue();
        first.resign();
        assertThat(second.held()).isTrue();
    }

    private Leadership manager(String id) {
        return new Leadership(
                new ManagerIdentity(id, id + ":9005", "http://" + id),
                LeaseTimes.of(Duration.ofMillis(1_200)),
                table,
                () -> now);
    }

    private void pass(long millis) {
        now += Duration.ofMillis(millis).toNanos();
    }

    private static final class LostConnection extends Exception {
        private static final long serialVersionUID = 1L;
    }

    private static final class Table implements LeaseTable {
        private LeaseRecord row =
                new LeaseRecord(new UUID(0, 0), Optional.empty(), 0, true, Duration.ZERO, Instant.EPOCH);
        private boolean failNext;

        @Override
        public LeaseRecord read() {
            return row;
        }

        @Override
        public boolean replace(long beat, LeaseRecord next) {
            if (failNext) {
                failNext = false;
                throw this.<RuntimeException>unseen();
            }
            if (row.beat() != beat) {
                return false;
            }
            row = next;
            return true;
        }

        /** Throws a checked exception that the compiler does not see, as a container's interceptor does. */
        @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
        private <E extends Exception> E unseen() throws E {
            throw (E) new LostConnection();
        }
    }
}
