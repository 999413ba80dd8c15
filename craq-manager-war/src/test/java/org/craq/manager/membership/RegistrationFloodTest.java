package org.craq.manager.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.craq.core.chain.Chain;
import org.craq.core.chain.ChainId;
import org.craq.core.chain.Incarnation;
import org.craq.core.chain.NodeId;
import org.craq.core.membership.Registration;
import org.craq.manager.ManagerConfig;
import org.craq.server.Settings;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Any node may register. However many do, and however often, the members of a chain and new nodes can still register.
 */
class RegistrationFloodTest {
    private static final ChainId C1 = new ChainId("c1");
    private static final Duration DAY = Duration.ofDays(1);

    private long now = Long.MAX_VALUE - 1_000_000;
    private final Membership membership = new Membership(
            ManagerConfig.read(new Settings(Map.<String, String>of()::get)).chainRules(), () -> now, () -> {}, () -> 0);

    @BeforeEach
    void aChainOfThree() {
        membership.begin(List.of(), Map.of(C1, Optional.empty()), Map.of());
        Stream.of("n1", "n2", "n3").forEach(this::register);
        membership.adopt(C1, Optional.of(membership.propose().get(0)));
    }

    @Test
    void aNodeRegistersThreeTimesAtOnceAndThenOnceInASecond() {
        pass(Duration.ofSeconds(10));
        IntStream.range(0, 3).forEach(i -> register("spare"));
        refused("spare");
        pass(Duration.ofMillis(900));
        refused("spare");
        pass(Duration.ofMillis(200));
        register("spare");
        refused("spare");
    }

    @Test
    void strangersHaveFiveRegistrationsInASecondAmongThemAndMembersAreLetInAllTheSame() {
        pass(Duration.ofSeconds(10));
        IntStream.range(0, 5).forEach(i -> register("x" + i));
        refused("x5");
        register("n2");
        pass(Duration.ofMillis(201));
        register("x5");
        refused("x6");
        register("n2");
        register("n3");
    }

    @Test
    void noMoreThanAThousandNodesAreKnownAndMembersAndKnownOnesAreLetInAllTheSame() {
        fill(Membership.MOST_NODES);
        assertThat(membership.nodes()).hasSize(Membership.MOST_NODES);
        refused("late");
        pass(Duration.ofSeconds(1));
        register("x5");
        register("n1");
        assertThat(membership.nodes()).hasSize(Membership.MOST_NODES);
    }

    @Test
    void aMemberThatIsNotAmongTheNodesThatAreKnownIsLetInAllTheSame() {
        Chain chain = membership.chains().get(0).chain().orElseThrow();
        membership.end();
        membership.begin(List.of(), Map.of(C1, Optional.of(chain)), Map.of());
        fill(Membership.MOST_NODES);
        refused("late");
        register("n1");
    }

    @Test
    void inACrowdThoseWhoAreSilentMakeRoomTheLongestSilentFirst() {
        fill(Membership.MOST_NODES);
        assertThat(membership.forget()).as("no node has been silent for long").isEmpty();
        pass(Duration.ofSeconds(11));
        Stream.of("x0", "n1", "n2").forEach(this::heartbeat);
        Set<NodeId> silent = membership.forget();
        assertThat(silent).hasSize(Membership.MOST_NODES - Membership.CROWD).contains(new NodeId("x1"));
        assertThat(silent).doesNotContain(new NodeId("x0"), new NodeId("n1"), new NodeId("n3"));
        refused("late");
        membership.forgotten(silent);
        register("late");
        assertThat(membership.nodes()).hasSize(Membership.CROWD + 1);
        assertThat(membership.nodes())
                .extracting(node -> node.registration().node())
                .doesNotContainAnyElementsOf(silent);
    }

    @Test
    void whoIsInNoChainAndSilentForADayIsForgottenAndMembersNever() {
        register("spare");
        register("other");
        pass(DAY.plusSeconds(1));
        heartbeat("other");
        assertThat(membership.forget()).containsExactly(new NodeId("spare"));
        refused("spare");
        assertThat(membership.forget()).as("until the database has answered").containsExactly(new NodeId("spare"));
        membership.forgotten(Set.of(new NodeId("spare")));
        assertThat(membership.forget()).isEmpty();
        assertThat(membership.nodes())
                .extracting(node -> node.registration().node().value())
                .containsExactly("n1", "n2", "n3", "other");
        register("spare");
    }

    @Test
    void whoWasNeverHeardOfInThisTermIsForgottenADayAfterItBegan() {
        membership.end();
        membership.begin(List.of(registration("old")), Map.of(C1, Optional.empty()), Map.of());
        pass(DAY.minusSeconds(1));
        assertThat(membership.forget()).isEmpty();
        pass(Duration.ofSeconds(2));
        assertThat(membership.forget()).containsExactly(new NodeId("old"));
    }

    @Test
    void inACrowdWhoWasRemovedFromAChainIsKnownForADayAllTheSame() {
        Chain formed = membership.chains().get(0).chain().orElseThrow();
        pass(Duration.ofSeconds(3));
        Stream.of("n1", "n2").forEach(this::heartbeat);
        Chain without = membership.propose().get(0);
        assertThat(formed.has(new NodeId("n3"), life("n3"))).isTrue();
        membership.adopt(C1, Optional.of(without));
        fill(Membership.MOST_NODES);
        pass(Duration.ofSeconds(11));
        assertThat(membership.forget()).doesNotContain(new NodeId("n3")).hasSize(100);
        assertThatThrownBy(() -> register("n3")).isInstanceOfSatisfying(CraqException.class, e -> assertThat(e.code())
                .isEqualTo(ErrorCode.FENCED));
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1:8001, http://127.0.0.1:8081",
        "node-1.example.org:65535, https://node-1.example.org/craq/node",
        "node_1:1, http://node_1:80",
        "[::1]:8001, http://[fe80::1%eth0]:8081/a%20b",
    })
    void addressesThatNodesHave(String grpc, String http) {
        assertThat(announced(grpc, http).httpUrl()).isEqualTo(http);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "n1",
                ":8001",
                "n1:",
                "n1:0",
                "n1:65536",
                "n1:99999",
                "n1:80/",
                "n 1:80",
                "n1\u001b[2J:80",
                "n\u00e9:80",
                "n1\n:80",
                "user@n1:80",
                "n1?:80",
                "[::1:80",
                "-n1:80"
            })
    void whatIsNoAddressIsRefused(String grpc) {
        assertThatIllegalArgumentException().isThrownBy(() -> announced(grpc, "http://n1:80"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "n1:80",
                "ftp://n1",
                "http://",
                "http://n1/",
                "http://n1:0",
                "http://n1:65536",
                "http://user@n1",
                "http://u:p@n1:80",
                "http://n1?a=b",
                "http://n1#a",
                "http://n1/a?b",
                "http://n1/\u001b[2J",
                "http://n1/\u00e9",
                "http://n1/a//b",
                "http://n1/%zz",
                "http://n1 /a",
                "http://n1\r\nX: y"
            })
    void whatIsNoUrlIsRefused(String http) {
        assertThatIllegalArgumentException().isThrownBy(() -> announced("n1:80", http));
    }

    @Test
    void addressesAreNotLongerThanTheDatabaseHasRoomFor() {
        String host = "n".repeat(245);
        assertThat(announced(host + ":8001", "http://n1").grpcAddress()).hasSize(250);
        assertThatIllegalArgumentException().isThrownBy(() -> announced(host + "n:8001", "http://n1"));
        assertThatIllegalArgumentException().isThrownBy(() -> announced("n1:80", "http://" + "n".repeat(244)));
    }

    private static Registration announced(String grpc, String http) {
        return Registration.announced(new NodeId("n1"), life("n1"), grpc, http, Instant.EPOCH);
    }

    /** Registers nodes as fast as nodes in no chain may register; all of them are alive at the end. */
    private void fill(int nodes) {
        int missing = nodes - membership.nodes().size();
        for (int i = 0; i < missing; i++) {
            register("x" + i);
            pass(Duration.ofMillis(200));
        }
        membership.nodes().stream()
                .map(node -> node.registration().node().value())
                .filter(node -> node.startsWith("x"))
                .forEach(this::heartbeat);
    }

    private void register(String node) {
        Registration registration = registration(node);
        membership.admit(registration.node(), registration.incarnation());
        membership.register(registration, List.of());
    }

    private void heartbeat(String node) {
        membership.heartbeat(new NodeId(node), life(node), List.of(), false);
    }

    private void refused(String node) {
        assertThatThrownBy(() -> register(node)).isInstanceOfSatisfying(CraqException.class, e -> assertThat(e.code())
                .isEqualTo(ErrorCode.OVERLOADED));
    }

    private void pass(Duration time) {
        now += time.toNanos();
    }

    private static Registration registration(String node) {
        return new Registration(
                new NodeId(node), life(node), "127.0.0.1:8001", "http://127.0.0.1:8081", Instant.EPOCH, false);
    }

    private static Incarnation life(String node) {
        return new Incarnation(new UUID(1, node.hashCode()));
    }
}
