package org.craq.client.cli;

import java.text.DecimalFormat;
import java.util.OptionalLong;
import java.util.function.LongConsumer;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Shows a progress bar with rate and remaining time on standard error if that is a terminal, and nothing otherwise. */
final class Progress implements LongConsumer, AutoCloseable {
    private final ProgressBar bar;

    private Progress(ProgressBar bar) {
        this.bar = bar;
    }

    static Progress of(String task, OptionalLong total, Streams streams) {
        if (!streams.terminal()) {
            return new Progress(null);
        }
        return new Progress(new ProgressBarBuilder()
                .setTaskName(Printable.line(task))
                .setInitialMax(total.orElse(-1))
                .setUnit(" MiB", 1L << 20)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(200)
                .showSpeed(new DecimalFormat("0.0"))
                .setConsumer(new ConsoleProgressBarConsumer(System.err))
                .build());
    }

    /** Sets the total when it becomes known. */
    void total(long bytes) {
        if (bar != null) {
            bar.maxHint(bytes);
        }
    }

    @Override
    public void accept(long bytes) {
        if (bar != null) {
            bar.stepTo(bytes);
        }
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
