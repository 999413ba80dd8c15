package org.craq.cluster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClusterReportTest {
    @Test
    void aChainIsDrawnHeadFirst() {
        ClusterReport.Chain chain = new ClusterReport.Chain(
                "c1",
                3L,
                "",
                List.of(
                        new ClusterReport.Member("n1", "head", true),
                        new ClusterReport.Member("n2", "middle", true),
                        new ClusterReport.Member("n3", "tail", false)));
        assertThat(StatusCommand.line(chain))
                .isEqualTo("chain c1, epoch 3: n1 head -> n2 middle -> n3 tail (catching up)");
    }

    @Test
    void fieldsAreFoundDeeperToo() {
        JsonElement page = JsonParser.parseString("{\"nodeId\":\"n1\",\"chains\":[{\"lastSeq\":7,\"note\":null}]}");
        assertThat(JsonFields.number(page, "lastSeq")).contains(7L);
        assertThat(JsonFields.text(page, "note")).isEmpty();
        assertThat(JsonFields.number(page, "nodeId")).isEmpty();
    }
}
