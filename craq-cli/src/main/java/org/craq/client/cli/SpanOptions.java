package org.craq.client.cli;

import java.time.Duration;
import picocli.CommandLine.Option;

/** The options for the duration of a measurement and of its warm-up. */
final class SpanOptions {
    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "10",
            description = "How long new operations are started; running ones are completed. Default: ${DEFAULT-VALUE}.")
    private int seconds;

    @Option(
            names = "--warmup",
            paramLabel = "N",
            defaultValue = "5",
            description = "Seconds of warm-up by the same load, which is not counted. Default: ${DEFAULT-VALUE}.")
    private int warmUp;

    Duration measured() {
        return Duration.ofSeconds(seconds);
    }

    Duration warmUp() {
        return Duration.ofSeconds(warmUp);
    }
}
