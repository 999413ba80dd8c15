package org.craq.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.craq.wire.ErrorCode;
import org.craq.wire.v1.NodeGrpc;
import org.craq.wire.v1.ReplicationGrpc;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

    /** Prometheus with native histograms prefers Protocol Buffers, which are not supported here. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,"
                        + "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.2,*/*;q=0.1"
                        + "|application/openmetrics-text",
                "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited|text/plain",
                "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.2,text/plain;q=0.5|text/plain",
                "application/openmetrics-text;version=2.0.0,text/plain;q=0.1|text/plain",
                "Application/OpenMetrics-Text ; version=\"1.0.0\"|application/openmetrics-text",
                "application/*|application/openmetrics-text",
                "application/openmetrics-text;q=0,*/*|text/plain",
                "*/*|text/plain",
                "text/html;q=abc,,;|text/plain",
                "text/html,\"|text/plain"
            })
    void isInTheFormThatIsPreferredOfThoseThatThereAre(String accept, String type) throws IOException {
        assertThat(page.scrape(accept).contentType()).startsWith(type);
        assertThat(text(accept)).contains("# TYPE jvm_memory_used_bytes gauge");
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

    /** Many callers cost as much as one; each gets values that are newer than its request. */
    @Test
    void callersThatComeTogetherShareOnePage() throws Exception {
        AtomicInteger collections = new AtomicInteger();
        CountDownLatch reading = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        GaugeWithCallback.builder()
                .name("collections")
                .callback(gauge -> {
                    gauge.call(collections.incrementAndGet());
                    reading.countDown();
                    await(go);
                })
                .register(page.registry());
        FutureTask<String> first = new FutureTask<>(() -> text(""));
        new Thread(first).start();
        await(reading);
        List<FutureTask<String>> others = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            FutureTask<String> other = new FutureTask<>(() -> text(""));
            Thread thread = new Thread(other);
            thread.start();
            others.add(other);
            while (thread.getState() != Thread.State.BLOCKED) {
                Thread.onSpinWait();
            }
        }
        go.countDown();

        assertThat(first.get(10, TimeUnit.SECONDS)).contains("collections 1.0");
        for (FutureTask<String> other : others) {
            assertThat(other.get(10, TimeUnit.SECONDS)).contains("collections 2.0");
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void methodsThatCallersInventShareOneLine() throws IOException {
        AnswerCounts counts = new AnswerCounts(page.registry());
        counts.answered("BREW", 405);
        counts.answered("STEEP", 405);

        assertThat(text("")).contains("craq_http_responses_total{method=\"other\",status=\"405\"} 2.0");
    }
}
