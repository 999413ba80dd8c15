package org.craq.server;

import java.time.Duration;

/**
 * What this server process uses, for the status pages.
 *
 * @param pid of the process that this deployment shares with everything else on the server
 * @param processCpuSeconds CPU time since the process started; 0 where the system does not tell
 * @param heapUsedBytes objects on the heap now, garbage included
 */
public record ProcessUse(long pid, double processCpuSeconds, long heapUsedBytes) {
    /** At this moment. */
    public static ProcessUse now() {
        ProcessHandle self = ProcessHandle.current();
        Runtime runtime = Runtime.getRuntime();
        return new ProcessUse(
                self.pid(),
                self.info().totalCpuDuration().map(Duration::toNanos).orElse(0L) / 1e9,
                runtime.totalMemory() - runtime.freeMemory());
    }
}
