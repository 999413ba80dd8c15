package org.craq.client.cli;

import java.time.Duration;
import picocli.CommandLine.Option;

/** How long a load is measured, and how long it lasts before. */
final class SpanOptions {
    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "10",
            description = "How long operations are begun; those under way are waited for. Default: ${DEFAULT-VALUE}.")
    private int seconds;

    @Option(
            names = "--warmup",
            paramLabel = "N",
            defaultValue = "5",
            description = "Seconds of the same load before that, not counted. Default: ${DEFAULT-VALUE}.")
    private int warmUp;

    Duration measured() {
        return Duration.ofSeconds(seconds);
    }

    Duration warmUp() {
        return Duration.ofSeconds(warmUp);
    }
}
