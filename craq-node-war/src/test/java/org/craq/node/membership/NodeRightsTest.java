package org.craq.node.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.craq.security.Action;
import org.craq.security.Rights;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.junit.jupiter.api.Test;

class NodeRightsTest {
    private static final long LEASE = Duration.ofSeconds(2).toNanos();

    private long now = 1_000;
    private final NodeRights rights = new NodeRights("c", () -> now);

    private static Rights version(long version) {
        return new Rights(version, "c", Map.of(), Map.of(), Map.of(), Set.of(), List.of());
    }

    private void serves(Action action) {
        assertThatCode(() -> rights.requireCurrent(action)).doesNotThrowAnyException();
    }

    private void refuses(Action action) {
        assertThatThrownBy(() -> rights.requireCurrent(action))
                .isInstanceOfSatisfying(
                        CraqException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_SERVING));
    }

    @Test
    void aLeaseCountsOnceTheRightsThatItRequiresAreHere() {
        for (Action action : Action.values()) {
            refuses(action);
        }
        assertThat(rights.granted(3, now + LEASE)).isEmpty();
        refuses(Action.WRITE);
        assertThat(rights.fetched(version(2))).as("older than required").isEmpty();
        refuses(Action.WRITE);
        assertThat(rights.fetched(version(3))).hasValue(now + LEASE);
        serves(Action.WRITE);
        assertThat(rights.fetched(version(2))).isEmpty();
        assertThat(rights.rights().version()).as("never goes back").isEqualTo(3);
        assertThat(rights.granted(3, now + 2 * LEASE)).hasValue(now + 2 * LEASE);
        assertThat(rights.granted(4, now + 3 * LEASE)).isEmpty();
        now += 2 * LEASE;
        refuses(Action.WRITE);
    }

    @Test
    void withoutAManagerFilesAreChangedNoMoreAndReadForAMinute() {
        rights.granted(1, now + LEASE);
        rights.fetched(version(1));
        now += LEASE;
        refuses(Action.WRITE);
        refuses(Action.DELETE);
        refuses(Action.DELETE_VERSION);
        serves(Action.READ);
        serves(Action.ADMINISTER);
        now += NodeRights.STALE.toNanos();
        refuses(Action.READ);
        serves(Action.ADMINISTER);
        serves(Action.READ_METRICS);
    }

    @Test
    void rightsOfAnotherClusterAreRefused() {
        assertThatThrownBy(() -> rights.fetched(new Rights(1, "d", Map.of(), Map.of(), Map.of(), Set.of(), List.of())))
                .hasMessageContaining("cluster 'd'");
    }
}
