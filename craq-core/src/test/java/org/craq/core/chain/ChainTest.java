package org.craq.core.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ChainTest {
    private static final ChainId ID = new ChainId("c1");
    private static final NodeId N1 = new NodeId("n1");
    private static final NodeId N2 = new NodeId("n2");
    private static final NodeId N3 = new NodeId("n3");
    private static final NodeId N4 = new NodeId("n4");

    private final Chain three = chain(N1, N2, N3);

    @Test
    void hasTheHeadFirstAndTheTailLast() {
        assertThat(three.head().node()).isEqualTo(N1);
        assertThat(three.tail().node()).isEqualTo(N3);
    }

    @Test
    void givesEachMemberItsRole() {
        assertThat(three.role(N1)).contains(Role.HEAD);
        assertThat(three.role(N2)).contains(Role.MIDDLE);
        assertThat(three.role(N3)).contains(Role.TAIL);
        assertThat(three.role(N4)).isEmpty();
        assertThat(chain(N1).role(N1)).contains(Role.ONLY);
    }

    @Test
    void knowsEveryMembersNeighbours() {
        assertThat(three.predecessor(N1)).isEmpty();
        assertThat(three.predecessor(N3)).contains(member(N2));
        assertThat(three.successor(N1)).contains(member(N2));
        assertThat(three.successor(N3)).isEmpty();
        assertThat(three.predecessor(N4)).isEmpty();
        assertThat(three.successor(N4)).isEmpty();
    }

    @Test
    void aPlaceBelongsToOneLifeOfANode() {
        assertThat(three.has(N1, member(N1).incarnation())).isTrue();
        assertThat(three.has(N1, new Incarnation(new UUID(9, 9)))).isFalse();
        assertThat(three.has(N4, member(N1).incarnation())).isFalse();
    }

    @Test
    void needsMembersAndHasEachNodeOnce() {
        assertThatIllegalArgumentException().isThrownBy(() -> chain());
        assertThatIllegalArgumentException().isThrownBy(() -> chain(N1, N2, N1)).withMessageContaining("n1");
    }

    @Test
    void doesNotChangeWithTheListItWasMadeFrom() {
        List<Member> members = new ArrayList<>(List.of(member(N1)));
        Chain chain = new Chain(ID, new Epoch(1), members, 1);
        members.add(member(N2));
        assertThat(chain.members()).containsExactly(member(N1));
    }

    private static Chain chain(NodeId... nodes) {
        return new Chain(
                ID, new Epoch(1), Arrays.stream(nodes).map(ChainTest::member).toList(), 1);
    }

    private static Member member(NodeId node) {
        Incarnation incarnation = new Incarnation(new UUID(1, node.value().hashCode()));
        return new Member(node, incarnation, "127.0.0.1:8001", "http://127.0.0.1:8081", true);
    }
}
