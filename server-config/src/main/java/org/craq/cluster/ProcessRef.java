package org.craq.cluster;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A process that one command started and another may have to stop. The pid is combined with the start time, so that
 * another process that gets the same pid later is never signalled.
 */
record ProcessRef(long pid, long startedMillis) {
    /**
     * Allowed difference between start times, which are derived from the machine's boot time; the system may adjust
     * that slightly.
     */
    private static final Duration TOLERANCE = Duration.ofSeconds(2);
    /** Position of the number of threads in /proc/PID/stat, counted from the state. */
    private static final int THREADS_FIELD = 17;

    static ProcessRef of(ProcessHandle handle) {
        return new ProcessRef(
                handle.pid(),
                handle.info().startInstant().map(Instant::toEpochMilli).orElse(0L));
    }

    /** Returns the process if it still runs. */
    Optional<ProcessHandle> handle() {
        return ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .filter(this::isSame)
                .filter(this::isNoZombie);
    }

    boolean alive() {
        return handle().isPresent();
    }

    /** Sends a signal if the process still runs. The name is one that kill(1) knows. */
    void signal(String name) {
        if (alive()) {
            Commands.run("kill", "-" + name, Long.toString(pid));
        }
    }

    /** Returns true if the process ends within the limit. */
    boolean awaitEnd(Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        for (Optional<ProcessHandle> handle = handle(); handle.isPresent(); handle = handle()) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            try {
                handle.get().onExit().get(Math.min(left, Duration.ofMillis(100).toNanos()), TimeUnit.NANOSECONDS);
            } catch (TimeoutException | ExecutionException e) {
                // The loop checks again.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return true;
    }

    private boolean isSame(ProcessHandle handle) {
        return handle.info()
                .startInstant()
                .map(start -> Math.abs(start.toEpochMilli() - startedMillis) <= TOLERANCE.toMillis())
                .orElse(startedMillis == 0);
    }

    /**
     * Returns false for a process that has ended but stays in the process table and seems alive, which happens where
     * nothing reaps orphans (in containers). While its last threads end, a process looks the same but still holds files
     * and ports; it counts as running until then.
     */
    private boolean isNoZombie(ProcessHandle handle) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"), StandardCharsets.ISO_8859_1);
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            boolean ended = fields[0].equals("Z") || fields[0].equals("X");
            return !ended || Integer.parseInt(fields[THREADS_FIELD]) > 1;
        } catch (IOException e) {
            return handle.isAlive();
        }
    }
}
