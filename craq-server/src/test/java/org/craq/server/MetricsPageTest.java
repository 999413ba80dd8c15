package org.craq.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.craq.wire.ErrorCode;
import org.craq.wire.v1.NodeGrpc;
import org.craq.wire.v1.ReplicationGrpc;
import org.junit.jupiter.api.Test;

class MetricsPageTest {
    private final MetricsPage page = new MetricsPage();

    private String text(String accept) throws IOException {
        return page.scrape(accept).page().toString(StandardCharsets.UTF_8);
    }

    @Test
    void tellsOfTheVirtualMachine() throws IOException {
        assertThat(text(""))
                .contains(
                        "jvm_memory_used_bytes{area=\"heap\"}",
                        "jvm_gc_collection_seconds",
                        "process_cpu_seconds_total");
        assertThat(page.scrape("").contentType()).startsWith("text/plain");
    }

    @Test
    void isOpenMetricsForWhoAsksForIt() throws IOException {
        assertThat(page.scrape("application/openmetrics-text").contentType())
                .startsWith("application/openmetrics-text");
        assertThat(text("application/openmetrics-text")).endsWith("# EOF\n");
    }

    @Test
    void twoDeploymentsInOneVirtualMachineDontShareAnything() throws IOException {
        new AnswerCounts(page.registry()).answered("GET", 200);
        MetricsPage other = new MetricsPage();
        new AnswerCounts(other.registry());

        assertThat(text("")).contains("craq_http_responses_total{method=\"GET\",status=\"200\"} 1.0");
        assertThat(other.scrape("").page().toString(StandardCharsets.UTF_8)).doesNotContain("status=\"200\"");
    }

    @Test
    void refusalsAreCountedByCodeAndDoorAndAreThereBeforeTheFirst() throws IOException {
        AnswerCounts counts = new AnswerCounts(page.registry());
        counts.refused(NodeGrpc.getStatMethod().getFullMethodName(), ErrorCode.NOT_FOUND);
        counts.refused(ReplicationGrpc.getFetchMethod().getFullMethodName(), ErrorCode.NOT_FOUND);
        counts.refused(ReplicationGrpc.getFetchMethod().getFullMethodName(), ErrorCode.NOT_FOUND);

        assertThat(text(""))
                .contains(
                        "craq_refused_total{code=\"NOT_FOUND\",door=\"grpc\"} 1.0",
                        "craq_refused_total{code=\"NOT_FOUND\",door=\"members\"} 2.0",
                        "craq_refused_total{code=\"NOT_FOUND\",door=\"rest\"} 0.0");
    }

    @Test
    void methodsThatCallersInventShareOneLine() throws IOException {
        AnswerCounts counts = new AnswerCounts(page.registry());
        counts.answered("BREW", 405);
        counts.answered("STEEP", 405);

        assertThat(text("")).contains("craq_http_responses_total{method=\"other\",status=\"405\"} 2.0");
    }
}
