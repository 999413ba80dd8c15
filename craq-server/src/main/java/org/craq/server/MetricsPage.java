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
 * One deployment's metrics, and the page from which Prometheus scrapes them: in OpenMetrics for clients that prefer it, else in the text
 * format. Each deployment has its own registry, which is discarded with it. This class registers no listeners and starts no threads, so
 * that nothing outlives the deployment; it therefore omits the metrics of the virtual machine that are delivered as notifications.
 */
public final class MetricsPage {
    /**
     * Minimum time between two collections. Each takes some milliseconds of processor time, so frequent callers must not be
     * able to slow down everything else.
     */
    private static final Duration LEAST_INTERVAL = Duration.ofMillis(100);

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final ExpositionFormats formats = ExpositionFormats.init();
    /** The last page of each format. Its monitor is held during a collection, so that only one runs at a time. */
    private final Map<MetricsFormat, Scrape> pages = new EnumMap<>(MetricsFormat.class);

    /** When the collection of the newest page started. Guarded by {@link #pages}. */
    private long collected = System.nanoTime() - LEAST_INTERVAL.toNanos();

    /** Creates a page with the metrics of the virtual machine. */
    public MetricsPage() {
        JvmMemoryMetrics.builder().register(registry);
        JvmGarbageCollectorMetrics.builder().register(registry);
        JvmBufferPoolMetrics.builder().register(registry);
        JvmThreadsMetrics.builder().register(registry);
        ProcessMetrics.builder().register(registry);
    }

    /** Returns the registry in which the deployment registers its own metrics. */
    public PrometheusRegistry registry() {
        return registry;
    }

    /**
     * One scrape.
     *
     * @param begun when its collection started, by {@link System#nanoTime}
     */
    record Scrape(String contentType, ByteArrayOutputStream page, long begun) {}

    /**
     * Answers a scrape. If a metric cannot be read the whole page fails, because an incomplete page could be mistaken for
     * a complete one.
     */
    public void answer(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Scrape scrape = scrape(String.join(",", Collections.list(request.getHeaders("Accept"))));
        response.setContentType(scrape.contentType());
        response.setHeader("Cache-Control", "no-store");
        response.setContentLength(scrape.page().size());
        scrape.page().writeTo(response.getOutputStream());
    }

    /** Returns a page whose values were read after this call began. Concurrent calls share one page. */
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
            throw new InterruptedIOException("the server is stopping");
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
