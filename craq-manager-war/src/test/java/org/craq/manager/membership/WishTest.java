package org.craq.manager.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.craq.core.chain.Chain;
import org.craq.core.chain.ChainId;
import org.craq.core.chain.Epoch;
import org.craq.core.chain.Incarnation;
import org.craq.core.chain.Member;
import org.craq.core.chain.NodeId;
import org.craq.core.chain.NodeState;
import org.craq.core.chain.NodeStates;
import org.craq.core.membership.Wish;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.junit.jupiter.api.Test;

/** Which requests for a chain are accepted, and what the planner does about them. */
class WishTest {
    private static final ChainId C1 = new ChainId("c1");

    private final Set<String> down = new HashSet<>();
    private final Set<String> incomplete = new HashSet<>();
    private List<String> members = List.of("n1", "n2", "n3");
    private List<String> others = List.of("n4", "n5");
    private Wish wish = Wish.first(C1, 3);

    @Test
    void anAddedNodeGetsAPlaceOfItsOwn() {
        wish = polite().add(node("n5"));
        assertThat(wish.length()).isEqualTo(4);
        assertThat(steps())
                .containsExactly(
                        "n5 catches up behind the tail: n1 n2 n3 + n5",
                        "n5 has nearly caught up: it becomes the tail: n1 n2 n3 n5",
                        "n5 has caught up: n1 n2 n3 n5");
    }

    @Test
    void anAddedNodeTakesThePlaceThatAnotherLeft() {
        members = List.of("n1", "n3");
        wish = polite().add(node("n5"));
        assertThat(wish.length()).isEqualTo(3);
        assertThat(forecast().steps().get(0).chain().learners().get(0).node()).isEqualTo(node("n5"));
    }

    @Test
    void aRemovedNodeLeavesAndNobodyTakesItsPlace() {
        wish = polite().remove(node("n2"));
        assertThat(wish.length()).isEqualTo(2);
        assertThat(steps()).containsExactly("n2 is removed as requested: n1 n3");
    }

    @Test
    void aRemovedNodeIsNotTakenBack() {
        wish = polite().remove(node("n2"));
        members = List.of("n1");
        others = List.of("n2");
        assertThat(steps()).isEmpty();
    }

    @Test
    void aRemovedNodeMayBeAddedAgain() {
        wish = polite().remove(node("n2"));
        members = List.of("n1", "n3");
        others = List.of("n2");
        wish = polite().add(node("n2"));
        assertThat(wish.unwanted()).isEmpty();
        assertThat(wish.length()).isEqualTo(3);
        assertThat(steps()).last().isEqualTo("n2 has caught up: n1 n3 n2");
    }

    @Test
    void theHeadMayBeRemovedToo() {
        wish = polite().remove(node("n1"));
        assertThat(steps()).containsExactly("n1 is removed as requested: n2 n3");
    }

    @Test
    void askingTwiceChangesNothing() {
        wish = polite().remove(node("n2"));
        assertThat(polite().remove(node("n2"))).isEqualTo(wish);
        wish = polite().add(node("n4"));
        assertThat(polite().add(node("n4"))).isEqualTo(wish);
    }

    @Test
    void aWishToAddMayBeWithdrawn() {
        wish = polite().remove(node("n3"));
        wish = polite().add(node("n4"));
        wish = polite().remove(node("n4"));
        assertThat(wish.wanted()).isEmpty();
        assertThat(wish.unwanted()).containsExactlyInAnyOrder(node("n3"), node("n4"));
    }

    @Test
    void whatTheChainDoesNotKnowIsNotFound() {
        assertRefused(ErrorCode.NOT_FOUND, "no node n9 has registered", () -> polite().add(node("n9")));
        assertRefused(ErrorCode.NOT_FOUND, "n4 is not a member", () -> polite().remove(node("n4")));
    }

    @Test
    void aMemberIsNotAddedAndANodeThatIsDownOnlyByForce() {
        assertRefused(ErrorCode.CHANGE_REFUSED, "is already a member", () -> polite().add(node("n2")));
        down.add("n4");
        assertRefused(ErrorCode.CHANGE_REFUSED, "not up at the moment", () -> polite().add(node("n4")));
        assertThat(insisting().add(node("n4")).wanted()).containsExactly(node("n4"));
    }

    @Test
    void theLastCompleteMemberStaysEvenByForce() {
        members = List.of("n1");
        assertRefused(
                ErrorCode.CHANGE_REFUSED, "no complete copy", () -> insisting().remove(node("n1")));
        members = List.of("n1", "n2");
        incomplete.add("n2");
        assertRefused(
                ErrorCode.CHANGE_REFUSED, "no complete copy", () -> insisting().remove(node("n1")));
    }

    @Test
    void theOnlyMemberThatIsUpStaysEvenByForce() {
        down.addAll(List.of("n1", "n3"));
        assertRefused(ErrorCode.CHANGE_REFUSED, "only complete member that is up", () -> insisting()
                .remove(node("n2")));
    }

    @Test
    void whileAnotherMemberIsWeakOnlyForceRemoves() {
        down.add("n3");
        assertRefused(ErrorCode.CHANGE_REFUSED, "n3 is down", () -> polite().remove(node("n2")));
        assertThat(insisting().remove(node("n2")).unwanted()).containsExactly(node("n2"));
    }

    @Test
    void whileTheChainLacksAMemberOnlyForceRemovesAnother() {
        members = List.of("n1", "n3");
        assertRefused(ErrorCode.CHANGE_REFUSED, "1 copies, not 2", () -> polite().remove(node("n3")));
        assertThat(insisting().remove(node("n3")).length()).isEqualTo(2);
    }

    @Test
    void membersThatAreLeavingAlreadyCountForNothing() {
        wish = polite().remove(node("n1"));
        wish = polite().remove(node("n2"));
        assertRefused(
                ErrorCode.CHANGE_REFUSED, "no complete copy", () -> insisting().remove(node("n3")));
    }

    @Test
    void anUnwantedMemberKeepsItsPlaceWhenTheOthersAreGone() {
        wish = polite().remove(node("n2"));
        assertThat(wish.dismisses(node("n2"), chain(), states())).isTrue();
        down.addAll(List.of("n1", "n3"));
        assertThat(wish.dismisses(node("n2"), chain(), states())).isFalse();
    }

    private WishGuard polite() {
        return new WishGuard(survey(), false);
    }

    private WishGuard insisting() {
        return new WishGuard(survey(), true);
    }

    private Forecast forecast() {
        return Forecast.of(survey());
    }

    private List<String> steps() {
        return forecast().steps().stream()
                .map(step -> step.reason() + ": " + names(step.chain().members())
                        + (step.chain().learners().isEmpty()
                                ? ""
                                : " + " + names(step.chain().learners())))
                .toList();
    }

    private Survey survey() {
        return new Survey(chain(), wish, states());
    }

    private Chain chain() {
        return new Chain(
                C1,
                new Epoch(1),
                members.stream()
                        .map(id ->
                                new Member(node(id), life(id), id + ":8001", "http://" + id, !incomplete.contains(id)))
                        .toList(),
                7);
    }

    private NodeStates states() {
        List<NodeState> states = new ArrayList<>();
        Stream.concat(members.stream(), others.stream())
                .forEach(id -> states.add(new NodeState(
                        node(id), life(id), id + ":8001", "http://" + id, !down.contains(id), Optional.empty())));
        Set<Incarnation> mayAct = new HashSet<>();
        members.forEach(id -> mayAct.add(life(id)));
        return new NodeStates(states, mayAct, false);
    }

    private static void assertRefused(ErrorCode code, String complaint, ThrowingCallable change) {
        assertThatThrownBy(change)
                .isInstanceOfSatisfying(
                        CraqException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(complaint);
    }

    private static String names(List<Member> members) {
        return String.join(
                " ", members.stream().map(member -> member.node().value()).toList());
    }

    private static NodeId node(String id) {
        return new NodeId(id);
    }

    private static Incarnation life(String id) {
        return new Incarnation(new UUID(1, id.hashCode()));
    }
}
