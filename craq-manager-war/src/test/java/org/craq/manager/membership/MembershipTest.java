package org.craq.manager.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.craq.core.chain.Chain;
import org.craq.core.chain.ChainId;
import org.craq.core.chain.Epoch;
import org.craq.core.chain.Incarnation;
import org.craq.core.chain.Member;
import org.craq.core.chain.NodeId;
import org.craq.core.membership.Registration;
import org.craq.manager.ManagerConfig;
import org.craq.server.Settings;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.junit.jupiter.api.Test;

/** Leases and removals, with a clock that the test moves. */
class MembershipTest {
    private static final ChainId C1 = new ChainId("c1");
    private static final Duration LEASE = Duration.ofSeconds(2);

    private final ChainRules rules =
            ManagerConfig.read(new Settings(Map.<String, String>of()::get)).chainRules();
    private long now = 1_000_000;
    private boolean leads = true;
    private final Membership membership = new Membership(rules, () -> now, this::requireLeadership, () -> 7);

    @Test
    void refusesQuestionsUntilTheDatabaseIsRead() {
        assertThatThrownBy(membership::chains).isInstanceOfSatisfying(CraqException.class, e -> assertThat(e.code())
                .isEqualTo(ErrorCode.MANAGER_UNAVAILABLE));
    }

    @Test
    void whoDoesNotLeadGivesNoLeaseAndDecidesNothing() {
        form();
        leads = false;
        assertThatThrownBy(() -> heartbeat("n1")).isInstanceOf(CraqException.class);
        assertThatThrownBy(() -> register("n4", 1)).isInstanceOf(CraqException.class);
        assertThatThrownBy(membership::propose).isInstanceOf(CraqException.class);
        assertThatThrownBy(membership::chains).isInstanceOf(CraqException.class);
    }

    @Test
    void aNewTermBeginsWithNothingFromTheOneBefore() {
        Chain formed = form();
        membership.end();
        assertThat(membership.ready()).isFalse();
        begin(Optional.of(formed));
        pass(2_000);
        assertThat(membership.propose()).as("leases of another manager may run").isEmpty();
    }

    @Test
    void aLifeThatIsNotRegisteredGetsNoLeaseButTheConfiguration() {
        form();
        LeaseGrant lease = membership.heartbeat(new NodeId("n1"), life("n1", 2), List.of(), false);
        assertThat(lease.length()).isEqualTo(Duration.ZERO);
        assertThat(lease.heartbeat()).isEqualTo(rules.heartbeat());
        assertThat(lease.chains()).hasSize(1);
    }

    @Test
    void aSilentMemberIsRemovedAfterLeaseAndMarginButNotBefore() {
        form();
        passWithHeartbeats(2_100, "n1", "n3");
        assertThat(membership.propose()).isEmpty();
        passWithHeartbeats(200, "n1", "n3");
        assertThat(membersOf(membership.propose().get(0))).containsExactly("n1", "n3");
    }

    @Test
    void aMemberWhoseRemovalIsDecidedGetsNoLeaseWhileTheDatabaseIsAsked() {
        form();
        passWithHeartbeats(2_600, "n1", "n3");
        Chain decided = membership.propose().get(0);
        assertThat(heartbeat("n2")).isEqualTo(Duration.ZERO);
        assertThat(membership.propose())
                .as("the same change until the database answers")
                .containsExactly(decided);
        membership.adopt(C1, Optional.of(decided));
        assertThat(heartbeat("n2")).isEqualTo(Duration.ZERO);
        assertThatThrownBy(() -> register("n2", 1))
                .isInstanceOfSatisfying(
                        CraqException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.FENCED));
        assertThat(register("n2", 2)).isEqualTo(LEASE);
    }

    @Test
    void aMemberThatLosesTheRaceAgainstItsRemovalStaysWhenTheRemovalWasNotRecorded() {
        Chain formed = form();
        passWithHeartbeats(2_600, "n1", "n3");
        membership.propose();
        membership.adopt(C1, Optional.of(formed));
        assertThat(heartbeat("n2")).isEqualTo(LEASE);
    }

    @Test
    void aMemberThatLeavesIsRemovedAtOnce() {
        form();
        membership.heartbeat(new NodeId("n1"), life("n1", 1), List.of(), true);
        assertThat(membersOf(membership.propose().get(0))).containsExactly("n2", "n3");
    }

    @Test
    void aMemberThatStartsAnewIsRemovedWhenTheLeaseOfItsFormerLifeIsOver() {
        form();
        register("n1", 2);
        assertThat(membership.propose()).isEmpty();
        for (int i = 0; i < 6; i++) {
            pass(500);
            Stream.of("n2", "n3").forEach(this::heartbeat);
            membership.heartbeat(new NodeId("n1"), life("n1", 2), List.of(), false);
        }
        assertThat(membersOf(membership.propose().get(0))).containsExactly("n2", "n3");
    }

    @Test
    void aNewManagerAssumesThatLeasesRun() {
        begin(Optional.of(chain(List.of("n1", "n2", "n3"))));
        pass(2_000);
        Stream.of("n2", "n3").forEach(this::heartbeat);
        assertThat(membership.propose()).isEmpty();
        pass(600);
        Stream.of("n2", "n3").forEach(this::heartbeat);
        assertThat(membersOf(membership.propose().get(0))).containsExactly("n2", "n3");
    }

    @Test
    void nobodyIsRemovedWhenTheManagerItselfStoodStill() {
        form();
        pass(60_000);
        assertThat(membership.propose()).isEmpty();
        Stream.of("n1", "n2", "n3").forEach(node -> assertThat(heartbeat(node)).isEqualTo(LEASE));
        assertThat(membership.propose()).isEmpty();
    }

    @Test
    void aMemberThatIsNotWantedAnyMoreIsRemovedWhenItsLastLeaseHasEnded() {
        form();
        membership.adopt(new WishGuard(membership.survey(C1), false).remove(new NodeId("n2")));
        assertThat(heartbeat("n2")).isEqualTo(Duration.ZERO);
        passWithHeartbeats(2_100, "n1", "n2", "n3");
        assertThat(membership.propose()).as("its lease may run").isEmpty();
        passWithHeartbeats(200, "n1", "n3");
        assertThat(register("n2", 1)).as("registering again does not help").isEqualTo(Duration.ZERO);
        assertThat(membersOf(membership.propose().get(0))).containsExactly("n1", "n3");
        assertThat(membership.chains().get(0).note()).isEqualTo("n2 is removed as requested");
    }

    @Test
    void aChainThatWasDownWaitsForItsMembersAndThenGoesOn() {
        begin(Optional.of(chain(List.of("n1", "n2"))));
        pass(2_600);
        register("n1", 2);
        register("n2", 2);
        assertThat(membersOf(membership.propose().get(0))).containsExactly("n1", "n2");
    }

    private void requireLeadership() {
        if (!leads) {
            throw new CraqException(ErrorCode.MANAGER_UNAVAILABLE, "another manager leads");
        }
    }

    private Chain form() {
        begin(Optional.empty());
        Stream.of("n1", "n2", "n3").forEach(node -> register(node, 1));
        Chain formed = membership.propose().get(0);
        membership.adopt(C1, Optional.of(formed));
        return formed;
    }

    private void begin(Optional<Chain> recorded) {
        List<Registration> nodes = recorded.stream()
                .flatMap(chain -> chain.members().stream())
                .map(member -> registration(member.node().value(), 1))
                .toList();
        membership.begin(nodes, Map.of(C1, recorded), Map.of());
    }

    private Duration register(String node, int life) {
        return membership.register(registration(node, life), List.of()).length();
    }

    private Duration heartbeat(String node) {
        return membership
                .heartbeat(new NodeId(node), life(node, 1), List.of(), false)
                .length();
    }

    private void passWithHeartbeats(int millis, String... nodes) {
        for (int i = 0; i < millis; i += 100) {
            pass(100);
            Stream.of(nodes).forEach(this::heartbeat);
        }
    }

    private void pass(int millis) {
        now += Duration.ofMillis(millis).toNanos();
    }

    private static List<String> membersOf(Chain chain) {
        return chain.members().stream().map(member -> member.node().value()).toList();
    }

    private static Registration registration(String node, int life) {
        return new Registration(
                new NodeId(node), life(node, life), node + ":8001", "http://" + node, Instant.EPOCH, false);
    }

    private static Chain chain(List<String> nodes) {
        List<Member> members = nodes.stream()
                .map(node -> new Member(new NodeId(node), life(node, 1), node + ":8001", "http://" + node, true))
                .toList();
        return new Chain(C1, new Epoch(1), members, 1);
    }

    private static Incarnation life(String node, int life) {
        return new Incarnation(new UUID(life, node.hashCode()));
    }
}
