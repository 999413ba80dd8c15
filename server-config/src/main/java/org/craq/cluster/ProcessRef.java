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
 * A process that one command started and another may have to end. Its start time goes with its pid, so that a process
 * that was given the same pid later is never signalled.
 */
record ProcessRef(long pid, long startedMillis) {
    /** The start time is derived from the machine's boot time, which may be corrected a little while it runs. */
    private static final Duration TOLERANCE = Duration.ofSeconds(2);
    /** In /proc/PID/stat, counted from the state: how many threads there are. */
    private static final int THREADS_FIELD = 17;

    static ProcessRef of(ProcessHandle handle) {
        return new ProcessRef(
                handle.pid(),
                handle.info().startInstant().map(Instant::toEpochMilli).orElse(0L));
    }

    /** The process, if it still runs. */
    Optional<ProcessHandle> handle() {
        return ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .filter(this::isSame)
                .filter(this::isNoZombie);
    }

    boolean alive() {
        return handle().isPresent();
    }

    /** Sends a signal, if the process still runs. The name is one that kill(1) knows. */
    void signal(String name) {
        if (alive()) {
            Commands.run("kill", "-" + name, Long.toString(pid));
        }
    }

    /** True when the process has ended within the time. */
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
                // Looked at again by the loop.
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
     * Where nobody collects orphans (in containers), an ended process stays in the table and counts as alive. While its last
     * threads end it looks the same, but still holds its files and ports: so long it has not ended.
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
