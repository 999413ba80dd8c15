package org.craq.client.bench;

import java.util.Optional;

/**
 * How long one kind of operation took.
 *
 * @param what name of the operation
 * @param latencyMicros of the operations that succeeded, in a closed loop
 * @param errors number of operations that failed
 */
public record Timing(
        String what,
        int clients,
        double seconds,
        long operations,
        Measurement.Latency latencyMicros,
        long errors,
        Optional<String> firstError) {
    static Timing of(String what, int clients, BenchClients.Tally tally) {
        return new Timing(
                what,
                clients,
                tally.nanos() / 1e9,
                tally.operations(),
                Measurement.Latency.of(tally.latencies()),
                tally.errors(),
                tally.firstError());
    }

    /** Returns the rate; 0 if there were no operations. */
    public double operationsPerSecond() {
        return operations == 0 ? 0 : operations / seconds;
    }
}
