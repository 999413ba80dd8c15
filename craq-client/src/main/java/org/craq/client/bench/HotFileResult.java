package org.craq.client.bench;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What readers and writers of one file have seen.
 *
 * @param fileBytes size of each version
 * @param readsByNode who answered how many reads
 * @param cpuSeconds by process, in the measured time alone
 * @param notCounted which processes are missing in {@code cpuSeconds}, and why
 * @param machine what this machine's processors did meanwhile, where that is known
 */
public record HotFileResult(
        long fileBytes,
        Timing reads,
        Timing writes,
        Map<String, Long> readsByNode,
        Map<String, Double> cpuSeconds,
        List<String> notCounted,
        Optional<MachineUse> machine) {
    private static final double MIB = 1L << 20;

    public HotFileResult {
        readsByNode = Collections.unmodifiableMap(new TreeMap<>(readsByNode));
        cpuSeconds = Collections.unmodifiableMap(new TreeMap<>(cpuSeconds));
        notCounted = List.copyOf(notCounted);
    }

    /** Of users' bytes in MiB/s. */
    public double rate(Timing timing) {
        return timing.operationsPerSecond() * fileBytes / MIB;
    }
}
