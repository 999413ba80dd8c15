package org.craq.client.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.HdrHistogram.Histogram;

/**
 * The results of one workload.
 *
 * @param fileBytes size of each file written or read from
 * @param bytes user data, counted once, whatever the number of replicas
 * @param latencyMicros of the operations that succeeded, in a closed loop
 * @param errors number of operations that failed
 * @param cpuSeconds by process, in the measured time only
 * @param heapBytes by process, in use when the measurement ended
 * @param notCounted the processes that are missing in {@code cpuSeconds}, with the reasons
 * @param machine use of this machine's processors in the measured time, where it is known
 */
public record Measurement(
        Workload workload,
        int clients,
        long fileBytes,
        double seconds,
        long operations,
        long bytes,
        Latency latencyMicros,
        long errors,
        Optional<String> firstError,
        Map<String, Double> cpuSeconds,
        Map<String, Long> heapBytes,
        List<String> notCounted,
        Optional<MachineUse> machine) {
    private static final double GIB = 1L << 30;
    private static final double MIB = 1L << 20;

    public Measurement {
        cpuSeconds = new LinkedHashMap<>(cpuSeconds);
        heapBytes = new LinkedHashMap<>(heapBytes);
        notCounted = List.copyOf(notCounted);
    }

    /** Percentiles in microseconds. */
    public record Latency(long p50, long p99, long p999, long max) {
        static Latency of(Histogram histogram) {
            return new Latency(
                    histogram.getValueAtPercentile(50),
                    histogram.getValueAtPercentile(99),
                    histogram.getValueAtPercentile(99.9),
                    histogram.getMaxValue());
        }
    }

    static Measurement of(
            Workload workload,
            int clients,
            long fileBytes,
            BenchClients.Tally tally,
            Map<String, ProcessUse> before,
            Map<String, ProcessUse> after,
            List<String> notCounted,
            Optional<MachineUse> machine) {
        Map<String, Long> heap = new LinkedHashMap<>();
        after.forEach((name, use) -> use.heapBytes().ifPresent(bytes -> heap.put(name, bytes)));
        long each = workload.kind() == Workload.Kind.READ_RANGES ? Workload.RANGE_BYTES : fileBytes;
        return new Measurement(
                workload,
                clients,
                fileBytes,
                tally.nanos() / 1e9,
                tally.operations(),
                tally.operations() * each,
                Latency.of(tally.latencies()),
                tally.errors(),
                tally.firstError(),
                ClusterMeter.cpuSeconds(before, after),
                heap,
                notCounted,
                machine);
    }

    public double mebibytesPerSecond() {
        return bytes / MIB / seconds;
    }

    public double operationsPerSecond() {
        return operations / seconds;
    }

    /** Returns the CPU time of all processes that were counted. */
    public double totalCpuSeconds() {
        return cpuSeconds.values().stream().mapToDouble(Double::doubleValue).sum();
    }

    /** Returns CPU seconds per GiB; not a number if nothing was moved. */
    public double perGibibyte(double cpu) {
        return cpu / (bytes / GIB);
    }

    /** Returns CPU milliseconds per operation; not a number if nothing was done. */
    public double millisPerOperation(double cpu) {
        return cpu * 1000 / operations;
    }
}
