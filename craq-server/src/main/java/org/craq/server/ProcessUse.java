package org.craq.server;

import java.time.Duration;

/**
 * The resource use of this server process, for the status pages.
 *
 * @param pid of the process, which this deployment shares with everything else on the server
 * @param processCpuSeconds CPU time since the process started; 0 if the system does not report it
 * @param heapUsedBytes objects on the heap now, garbage included
 */
public record ProcessUse(long pid, double processCpuSeconds, long heapUsedBytes) {
    /** Returns the current values. */
    public static ProcessUse now() {
        ProcessHandle self = ProcessHandle.current();
        Runtime runtime = Runtime.getRuntime();
        return new ProcessUse(
                self.pid(),
                self.info().totalCpuDuration().map(Duration::toNanos).orElse(0L) / 1e9,
                runtime.totalMemory() - runtime.freeMemory());
    }
}
