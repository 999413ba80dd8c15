package org.craq.manager.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.craq.core.chain.Chain;
import org.craq.core.chain.ChainId;
import org.craq.core.chain.Epoch;
import org.craq.core.chain.Incarnation;
import org.craq.core.chain.Member;
import org.craq.core.chain.NodeId;
import org.craq.core.membership.Wish;
import org.craq.manager.membership.ChainStatus;
import org.craq.manager.membership.ChainStatus.MemberStatus;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.junit.jupiter.api.Test;

class RouterTest {
    private static final ChainId C1 = new ChainId("c1");

    @Test
    void writesGoToTheHead() {
        Router router = router(ReadPolicy.TAIL_PREFERRED, up("n1"), up("n2"), up("n3"));
        assertThat(router.writeHead("f").member().node()).isEqualTo(new NodeId("n1"));
    }

    @Test
    void noWriteIsSentToAHeadWhoseLeaseIsOver() {
        Router router = router(ReadPolicy.TAIL_PREFERRED, gone("n1"), up("n2"));
        assertThatThrownBy(() -> router.writeHead("f"))
                .isInstanceOfSatisfying(
                        CraqException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NO_CHAIN))
                .hasMessage("the head of chain c1, n1, is gone; a note");
    }

    @Test
    void readsGoToTheTail() {
        Router router = router(ReadPolicy.TAIL_PREFERRED, up("n1"), up("n2"), up("n3"));
        assertThat(reads(router, 3)).containsExactly("n3", "n3", "n3");
    }

    @Test
    void theOthersTakeTurnsWhileTheTailIsSilent() {
        Router router = router(ReadPolicy.TAIL_PREFERRED, up("n1"), up("n2"), silent("n3"));
        assertThat(reads(router, 4)).containsExactly("n1", "n2", "n1", "n2");
    }

    @Test
    void theOthersTakeTurnsWhileTheTailIsCatchingUp() {
        Router router = router(ReadPolicy.TAIL_PREFERRED, up("n1"), up("n2"), incomplete("n3"));
        assertThat(reads(router, 4)).containsExactly("n1", "n2", "n1", "n2");
    }

    @Test
    void allTakeTurnsWhenReadsAreSpread() {
        Router router = router(ReadPolicy.SPREAD, up("n1"), up("n2"), up("n3"));
        assertThat(reads(router, 4)).containsExactly("n1", "n2", "n3", "n1");
    }

    @Test
    void aGapIsNoTurn() {
        Router router = router(ReadPolicy.SPREAD, up("n1"), silent("n2"), up("n3"));
        assertThat(reads(router, 4)).containsExactly("n1", "n3", "n1", "n3");
    }

    @Test
    void nodesToAvoidComeLast() {
        Router router = router(ReadPolicy.TAIL_PREFERRED, up("n1"), up("n2"));
        assertThat(reads(router, 2, "n2")).containsExactly("n1", "n1");
        assertThat(reads(router, 1, "n1", "n2")).containsExactly("n2");
    }

    @Test
    void aMemberNotYetHeardOfIsBetterThanNone() {
        assertThat(reads(router(ReadPolicy.TAIL_PREFERRED, silent("n1"), silent("n2")), 1))
                .containsExactly("n2");
    }

    @Test
    void whatIsMissingIsSaid() {
        Router none = new Router(
                () -> List.of(new ChainStatus(
                        C1, Optional.empty(), Wish.first(C1, 3), "2 of 3 nodes have registered", List.of(), List.of())),
                ReadPolicy.SPREAD);
        assertThatThrownBy(() -> none.readNode("f", Set.of())).hasMessage("2 of 3 nodes have registered");
        assertThatThrownBy(() -> none.writeHead("f")).hasMessage("2 of 3 nodes have registered");
        assertThatThrownBy(() -> none.chain("")).hasMessage("2 of 3 nodes have registered");
        assertThatThrownBy(() -> none.chain("c2")).hasMessage("there is no chain 'c2'");
        assertThatThrownBy(() -> router(ReadPolicy.SPREAD, gone("n1")).readNode("f", Set.of()))
                .hasMessage("no member of chain c1 may serve now; a note");
    }

    private static List<String> reads(Router router, int count, String... avoid) {
        Set<NodeId> avoided =
                Set.copyOf(List.of(avoid).stream().map(NodeId::new).toList());
        List<String> nodes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            nodes.add(router.readNode("f", avoided).member().node().value());
        }
        return nodes;
    }

    private static Router router(ReadPolicy policy, MemberStatus... members) {
        List<MemberStatus> statuses = List.of(members);
        Chain chain = new Chain(
                C1, new Epoch(1), statuses.stream().map(MemberStatus::member).toList(), 1);
        return new Router(
                () -> List.of(
                        new ChainStatus(C1, Optional.of(chain), Wish.first(C1, 3), "a note", statuses, List.of())),
                policy);
    }

    private static MemberStatus up(String node) {
        return status(node, true, true, true);
    }

    private static MemberStatus silent(String node) {
        return status(node, true, false, true);
    }

    private static MemberStatus gone(String node) {
        return status(node, true, false, false);
    }

    private static MemberStatus incomplete(String node) {
        return status(node, false, true, true);
    }

    private static MemberStatus status(String node, boolean complete, boolean alive, boolean mayAct) {
        Member member = new Member(
                new NodeId(node),
                new Incarnation(new UUID(1, node.hashCode())),
                node + ":8001",
                "http://" + node,
                complete);
        return new MemberStatus(member, alive, mayAct, Optional.empty(), Optional.empty());
    }
}
