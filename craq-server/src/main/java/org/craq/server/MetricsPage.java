package org.craq.server;

import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.instrumentation.jvm.JvmBufferPoolMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmGarbageCollectorMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmMemoryMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmThreadsMetrics;
import io.prometheus.metrics.instrumentation.jvm.ProcessMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Collections;

/**
 * One deployment's metrics, and the page on which Prometheus finds them: the text format, or OpenMetrics for who prefers it;
 * there is no other form, and who asks for one gets the text.
 * Each deployment has a registry of its own, which goes with it. Nothing in here listens or has a thread, so that nothing is
 * left behind: the virtual machine's metrics that come by notification are not among these.
 */
public final class MetricsPage {
    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final ExpositionFormats formats = ExpositionFormats.init();

    /** A page with what the virtual machine tells of itself. */
    public MetricsPage() {
        JvmMemoryMetrics.builder().register(registry);
        JvmGarbageCollectorMetrics.builder().register(registry);
        JvmBufferPoolMetrics.builder().register(registry);
        JvmThreadsMetrics.builder().register(registry);
        ProcessMetrics.builder().register(registry);
    }

    /** Where the deployment registers its own metrics. */
    public PrometheusRegistry registry() {
        return registry;
    }

    /** One scrape. */
    record Scrape(String contentType, ByteArrayOutputStream page) {}

    /** Answers a scrape. A metric that can't be read fails the whole page: half of one would be taken for all. */
    public void answer(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Scrape scrape = scrape(String.join(",", Collections.list(request.getHeaders("Accept"))));
        response.setContentType(scrape.contentType());
        response.setHeader("Cache-Control", "no-store");
        response.setContentLength(scrape.page().size());
        scrape.page().writeTo(response.getOutputStream());
    }

    Scrape scrape(String accept) throws IOException {
        ExpositionFormatWriter writer =
                switch (MetricsFormat.preferred(accept)) {
                    case TEXT -> formats.getPrometheusTextFormatWriter();
                    case OPEN_METRICS -> formats.getOpenMetricsTextFormatWriter();
                };
        ByteArrayOutputStream page = new ByteArrayOutputStream();
        writer.write(page, registry.scrape());
        return new Scrape(writer.getContentType(), page);
    }
}
