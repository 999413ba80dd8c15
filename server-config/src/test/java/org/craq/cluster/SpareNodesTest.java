package org.craq.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import org.junit.jupiter.api.Test;

class SpareNodesTest {
    @Test
    void aNodeThatAFullChainDoesNotNeedIsSpare() {
        assertThat(spare("n4", 2, "[]", "n1", "n2")).isTrue();
        assertThat(spare("n2", 2, "[]", "n1", "n2")).isFalse();
    }

    @Test
    void aNodeThatGetsAPlaceSoonIsNot() {
        assertThat(spare("n3", 3, "[]", "n1", "n2")).isFalse();
    }

    @Test
    void aRemovedNodeIsSpareHoweverShortTheChain() {
        assertThat(spare("n3", 3, "[\"n3\"]", "n1", "n2")).isTrue();
        assertThat(spare("n2", 1, "[\"n2\"]", "n1", "n2"))
                .as("it is still there")
                .isFalse();
    }

    @Test
    void beforeTheChainIsFormedNobodyIsSpare() {
        assertThat(spare("n1", 3, "[]")).isFalse();
        assertThat(SpareNodes.isSpare(JsonParser.parseString("{}"), "n1")).isFalse();
    }

    private static boolean spare(String node, int length, String unwanted, String... members) {
        StringBuilder list = new StringBuilder();
        for (String member : members) {
            list.append(list.isEmpty() ? "" : ",").append("{\"nodeId\":\"" + member + "\"}");
        }
        String page = "{\"chains\":[{\"wish\":{\"length\":" + length + ",\"unwanted\":" + unwanted + "},\"members\":["
                + list + "],\"learners\":[]}]}";
        return SpareNodes.isSpare(JsonParser.parseString(page), node);
    }
}
