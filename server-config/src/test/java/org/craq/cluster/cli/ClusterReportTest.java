package org.craq.cluster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import java.nio.file.Path;
import java.time.Instant;
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

    private static ClusterReport.Node node(String id, ClusterReport.Certificates certificates) {
        return new ClusterReport.Node(id, "head", 1L, true, false, 1L, 1L, "", "", certificates);
    }

    @Test
    void theFirstCertificateToExpireIsToldAndWhatIsNotTaken() {
        String authority = "2036-01-01T00:00:00Z";
        ClusterReport.Server manager = new ClusterReport.Server(
                "manager",
                1L,
                true,
                true,
                "",
                "",
                new ClusterReport.Certificates("2027-03-01T00:00:00Z", authority, ""));
        ClusterReport report = new ClusterReport(
                true,
                Path.of("data"),
                List.of(),
                manager,
                List.of(manager),
                List.of(
                        node("n1", new ClusterReport.Certificates("2027-02-01T00:00:00Z", authority, "no key")),
                        node("n2", null)),
                new ClusterReport.Database(1L, 5432));
        assertThat(StatusCommand.certificates(report, Instant.parse("2027-01-22T12:00:00Z")))
                .containsExactly(
                        "certificates: the first expires 2027-02-01, in 9 days (n1), the CA 2036-01-01, in 3265 days",
                        "n1 does not use its changed certificate files: no key");
    }

    @Test
    void withoutCertificatesNothingIsToldOfThem() {
        ClusterReport.Server manager = new ClusterReport.Server("manager", 1L, true, true, "", "", null);
        ClusterReport report = new ClusterReport(
                true,
                Path.of("data"),
                List.of(),
                manager,
                List.of(manager),
                List.of(node("n1", null)),
                new ClusterReport.Database(1L, 5432));
        assertThat(StatusCommand.certificates(report, Instant.now())).isEmpty();
    }

    @Test
    void fieldsAreFoundDeeperToo() {
        JsonElement page = JsonParser.parseString("{\"nodeId\":\"n1\",\"chains\":[{\"lastSeq\":7,\"note\":null}]}");
        assertThat(JsonFields.number(page, "lastSeq")).contains(7L);
        assertThat(JsonFields.text(page, "note")).isEmpty();
        assertThat(JsonFields.number(page, "nodeId")).isEmpty();
    }
}
