package org.craq.server.audit;

import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.ClosedByInterruptException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/**
 * The audit trail of one server. {@link #add} never waits: a thread of its own writes what is queued, and repeats what
 * could not be written. What does not fit into the queue is lost and counted, or, where the trail is required, nothing
 * can be changed until it can be written again. Thread-safe.
 */
public final class AuditTrail implements AutoCloseable {
    /** Lines that wait for the disk at most. */
    static final int QUEUE = 8192;

    private static final Logger LOG = System.getLogger(AuditTrail.class.getName());
    private static final int BATCH = 1024;
    private static final long IDLE_MILLIS = 1000;
    private static final long PAUSE_MILLIS = 500;
    private static final long END_MILLIS = 5000;
    /** Wakes the writer for the end. */
    private static final AuditRecord LAST = AuditRecord.ofServer("", "", "");

    private final Optional<AuditSettings> settings;
    private final BlockingQueue<AuditRecord> queue = new ArrayBlockingQueue<>(QUEUE);
    private final AtomicLong lost = new AtomicLong();
    private final RefusedLines refused = new RefusedLines(System::nanoTime);
    private final boolean secure;
    private final Optional<Thread> writer;
    private volatile boolean failing;
    private volatile boolean losing;
    private volatile boolean closing;

    private AuditTrail(
            Optional<AuditSettings> settings, Optional<AuditFiles> files, boolean secure, ThreadFactory threads) {
        this.settings = settings;
        this.secure = secure;
        this.writer = files.map(trail -> threads.newThread(() -> write(trail)));
        writer.ifPresent(Thread::start);
    }

    /** Returns the trail of a server that keeps none. */
    public static AuditTrail off() {
        return new AuditTrail(Optional.empty(), Optional.empty(), false, Thread::new);
    }

    /**
     * Begins to write a trail.
     *
     * @param threads makes the one thread that writes
     */
    public static AuditTrail begin(AuditSettings settings, ThreadFactory threads, Origin origin) {
        LOG.log(Level.INFO, "the audit trail is written to {0}", settings.directory());
        AuditTrail trail = new AuditTrail(
                Optional.of(settings),
                Optional.of(new AuditFiles(
                        settings.directory(),
                        settings.keepDays(),
                        origin.cluster().orElse(""),
                        origin.server())),
                origin.secure(),
                threads);
        trail.add(AuditRecord.ofServer(
                "start",
                AuditRecord.OK,
                origin.secure() ? "security is on" : "security is off: nobody is asked who it is"));
        return trail;
    }

    /**
     * The server that writes.
     *
     * @param cluster its name, if it has one
     * @param server id of the node or manager
     * @param secure whether security is on
     */
    public record Origin(Optional<String> cluster, String server, boolean secure) {}

    /** Returns whether anything is written. */
    public boolean isOn() {
        return settings.isPresent();
    }

    /** Returns which reads are to be added. */
    AuditSettings.Reads reads() {
        return settings.map(AuditSettings::reads).orElse(AuditSettings.Reads.OFF);
    }

    /** Registers the metrics of the trail. */
    public void register(PrometheusRegistry registry) {
        CounterWithCallback.builder()
                .name("craq_audit_lost")
                .help("Lines of the audit trail that were lost, because they could not be written in time.")
                .callback(line -> line.call((double) lost.get()))
                .register(registry);
        CounterWithCallback.builder()
                .name("craq_audit_summed")
                .help("Lines of the audit trail of refused callers that were left out, and counted in another line.")
                .callback(line -> line.call((double) refused.sum()))
                .register(registry);
    }

    /**
     * Adds the line of a request; never waits. Many of refused callers are left out and counted.
     *
     * @param denied whether it was refused because of its caller
     */
    void addRequest(AuditRecord record, boolean denied) {
        boolean unknown = secure && record.user().isEmpty() && !record.outcome().equals(AuditRecord.OK);
        if (!(denied || unknown) || refused.writes(record.peer(), record.outcome())) {
            add(record);
        }
    }

    /** Adds a line; never waits. */
    public void add(AuditRecord record) {
        if (isOn() && (closing || !queue.offer(record))) {
            lose(1);
        }
    }

    private void lose(int count) {
        lost.addAndGet(count);
        if (!losing) {
            losing = true;
            LOG.log(Level.ERROR, "lines of the audit trail are being lost; craq_audit_lost_total counts them");
        }
    }

    /** Returns how many lines were lost. */
    long lost() {
        return lost.get();
    }

    /**
     * Requires that a change would be audited; to be called before anything is changed.
     *
     * @throws CraqException STORAGE_FAILED if the trail is required and can't be written now
     */
    public void requireWorking() {
        if (settings.filter(AuditSettings::required).isPresent() && (failing || queue.remainingCapacity() == 0)) {
            throw new CraqException(
                    ErrorCode.STORAGE_FAILED,
                    "the audit trail of this server can't be written, and " + AuditSettings.REQUIRED
                            + "=true forbids changes without it; its administrator must make room in "
                            + settings.get().directory() + " or mend its permissions, as the log says");
        }
    }

    private void write(AuditFiles trail) {
        List<AuditRecord> batch = new ArrayList<>();
        while (!(closing && queue.isEmpty())) {
            try {
                AuditRecord first = queue.poll(IDLE_MILLIS, TimeUnit.MILLISECONDS);
                if (first != null) {
                    batch.add(first);
                    queue.drainTo(batch, BATCH - 1);
                    batch.removeIf(LAST::equals);
                }
                batch.addAll(refused.dueSums());
                writeAll(trail, batch);
                batch.clear();
            } catch (InterruptedException e) {
                // Servers interrupt the threads of a deployment before it has stopped; the end comes by close().
                LOG.log(Level.DEBUG, "the audit trail is written to its end", e);
            }
        }
        try {
            trail.close();
        } catch (IOException e) {
            LOG.log(Level.WARNING, "the audit trail could not be closed", e);
        }
    }

    private void writeAll(AuditFiles trail, List<AuditRecord> batch) {
        while (!batch.isEmpty()) {
            // An interrupt would close the file.
            Thread.interrupted();
            try {
                trail.append(batch);
                works();
                return;
            } catch (ClosedByInterruptException e) {
                // Nothing is wrong with the disk: the file is opened again, also at the end of the trail.
                LOG.log(Level.DEBUG, "an interrupt closed a file of the audit trail", e);
            } catch (IOException | RuntimeException e) {
                fails(e);
                if (closing) {
                    lose(batch.size());
                    return;
                }
                pause();
            }
        }
    }

    private void works() {
        if (failing || losing) {
            LOG.log(Level.INFO, "the audit trail is written again; {0} lines were lost in all", lost.get());
            failing = false;
            losing = false;
        }
    }

    private void fails(Exception reason) {
        if (!failing) {
            failing = true;
            LOG.log(
                    Level.ERROR,
                    "the audit trail can''t be written: {0}. Make room, or let the server''s user write in {1}; up to {2}"
                            + " lines wait for it",
                    reason,
                    settings.orElseThrow().directory(),
                    Integer.toString(QUEUE));
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            LOG.log(Level.DEBUG, "the audit trail is written to its end", e);
        }
    }

    /** Writes what is queued, and ends the thread. Idempotent. */
    @Override
    public void close() {
        if (closing) {
            return;
        }
        refused.sums().forEach(this::add);
        add(AuditRecord.ofServer("stop", AuditRecord.OK, ""));
        closing = true;
        // If there is no room the writer is awake.
        boolean unused = queue.offer(LAST);
        try {
            for (Thread thread : writer.stream().toList()) {
                thread.join(END_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
