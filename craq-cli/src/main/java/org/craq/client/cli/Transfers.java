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
 * Transfers many files, several at a time. A transfer that fails is reported and counted, and the others continue; only
 * if no manager can be reached, the rest are not tried. One thread submits the files and waits while enough transfers
 * are running.
 */
final class Transfers implements AutoCloseable {
    /** Transfers one file and reports its progress. */
    @FunctionalInterface
    interface Transfer {
        /** Runs until the transfer is complete and returns the number of bytes. */
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

    /** Returns true if submitting more files is pointless. */
    boolean hopeless() {
        return hopeless;
    }

    /** Submits a transfer; waits until there is room for it. */
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

    /** Returns when the last transfer has ended; an interrupt cancels the running ones. */
    @Override
    public void close() {
        threads.shutdown();
        boolean interrupted = false;
        boolean ended = false;
        while (!ended) {
            try {
                // Each transfer has its own deadlines, so this one only has to be long.
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

    /** One transfer's share of the progress bar; it goes back when an upload is retried. */
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
