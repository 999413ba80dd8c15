package org.craq.client.bench;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The results of reading and writing one file.
 *
 * @param fileBytes size of each version
 * @param readsByNode number of reads answered by each node
 * @param cpuSeconds by process, in the measured time only
 * @param notCounted the processes that are missing in {@code cpuSeconds}, with the reasons
 * @param machine use of this machine's processors in the measured time, where it is known
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

    /** Returns the rate of user data in MiB/s. */
    public double rate(Timing timing) {
        return timing.operationsPerSecond() * fileBytes / MIB;
    }
}
