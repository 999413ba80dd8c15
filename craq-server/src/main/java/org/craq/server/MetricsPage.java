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
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * One deployment's metrics, and the page on which Prometheus finds them: the text format, or OpenMetrics for who prefers it;
 * there is no other form, and who asks for one gets the text.
 * Each deployment has a registry of its own, which goes with it. Nothing in here listens or has a thread, so that nothing is
 * left behind: the virtual machine's metrics that come by notification are not among these.
 */
public final class MetricsPage {
    /** Between two collections, which take some milliseconds of a processor each: many callers must not take it from everybody else. */
    private static final Duration LEAST_INTERVAL = Duration.ofMillis(100);

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final ExpositionFormats formats = ExpositionFormats.init();
    /** The last page of each format; its monitor is held while one is made, so that only one is at a time. */
    private final Map<MetricsFormat, Scrape> pages = new EnumMap<>(MetricsFormat.class);

    /** When the values of the newest page began to be read. Guarded by {@link #pages}. */
    private long collected = System.nanoTime() - LEAST_INTERVAL.toNanos();

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

    /**
     * One scrape.
     *
     * @param begun when its values began to be read, by {@link System#nanoTime}
     */
    record Scrape(String contentType, ByteArrayOutputStream page, long begun) {}

    /** Answers a scrape. A metric that can't be read fails the whole page: half of one would be taken for all. */
    public void answer(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Scrape scrape = scrape(String.join(",", Collections.list(request.getHeaders("Accept"))));
        response.setContentType(scrape.contentType());
        response.setHeader("Cache-Control", "no-store");
        response.setContentLength(scrape.page().size());
        scrape.page().writeTo(response.getOutputStream());
    }

    /** A page of values that were read after this call began. Calls that come together share one. */
    Scrape scrape(String accept) throws IOException {
        long asked = System.nanoTime();
        MetricsFormat format = MetricsFormat.preferred(accept);
        synchronized (pages) {
            Scrape last = pages.get(format);
            if (last != null && last.begun() - asked > 0) {
                return last;
            }
            awaitNextCollection();
            Scrape made = collect(format);
            pages.put(format, made);
            return made;
        }
    }

    private void awaitNextCollection() throws IOException {
        try {
            TimeUnit.NANOSECONDS.sleep(collected + LEAST_INTERVAL.toNanos() - System.nanoTime());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the server stops");
        }
        collected = System.nanoTime();
    }

    private Scrape collect(MetricsFormat format) throws IOException {
        ExpositionFormatWriter writer =
                switch (format) {
                    case TEXT -> formats.getPrometheusTextFormatWriter();
                    case OPEN_METRICS -> formats.getOpenMetricsTextFormatWriter();
                };
        ByteArrayOutputStream page = new ByteArrayOutputStream();
        writer.write(page, registry.scrape());
        return new Scrape(writer.getContentType(), page, collected);
    }
}
