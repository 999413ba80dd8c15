package org.craq.client.cli;

import java.io.IOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/**
 * Transfers of many files, some at a time. One that fails is told and counted, and the others go on; only when no manager
 * can be reached the rest is not tried. Files are handed in by one thread, which waits while enough are under way.
 */
final class Transfers implements AutoCloseable {
    /** Brings one file, telling how far it is. */
    @FunctionalInterface
    interface Transfer {
        /** Runs to its end and tells how many bytes were brought. */
        long run(LongConsumer progress) throws IOException;
    }

    private final TransferReport report;
    private final Progress bar;
    private final Semaphore free;
    private final ExecutorService threads;
    private final AtomicLong bytes = new AtomicLong();
    private volatile boolean hopeless;

    Transfers(int parallel, TransferReport report, Progress bar) {
        this.report = report;
        this.bar = bar;
        free = new Semaphore(parallel);
        threads = Executors.newFixedThreadPool(parallel);
    }

    /** True when there is no use in handing in more. */
    boolean hopeless() {
        return hopeless;
    }

    /** Waits until there is room. */
    void add(String what, Transfer transfer) throws InterruptedException {
        free.acquire();
        threads.execute(() -> {
            try {
                run(what, transfer);
            } finally {
                free.release();
            }
        });
    }

    private void run(String what, Transfer transfer) {
        if (hopeless) {
            report.untried();
            return;
        }
        try {
            report.done(transfer.run(new Share()));
        } catch (CraqException | IOException | IllegalArgumentException failure) {
            hopeless |= failure instanceof CraqException known && known.code() == ErrorCode.MANAGER_UNAVAILABLE;
            report.failed(what, failure);
        } catch (RuntimeException bug) {
            report.failed(what, bug);
        }
    }

    /** Ends when the last transfer has; an interrupt breaks off those that are under way. */
    @Override
    public void close() {
        threads.shutdown();
        boolean interrupted = false;
        boolean ended = false;
        while (!ended) {
            try {
                // Each transfer has deadlines of its own, so this one is only long.
                ended = threads.awaitTermination(1, TimeUnit.DAYS);
            } catch (InterruptedException e) {
                interrupted = true;
                threads.shutdownNow();
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** One transfer's part of the bar; it goes back when an upload must be repeated. */
    private final class Share implements LongConsumer {
        private long last;

        @Override
        public void accept(long now) {
            long all = bytes.addAndGet(now - last);
            last = now;
            bar.accept(all);
        }
    }
}
