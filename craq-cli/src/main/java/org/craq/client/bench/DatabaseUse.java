package org.craq.client.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** The CPU time of a local database server and of all its descendants, as Linux counts it. */
final class DatabaseUse {
    /** Linux reports times in these units on every architecture. */
    private static final double TICKS_PER_SECOND = 100;

    /**
     * Positions after the name, which may contain blanks: user and system time, then those of children that have ended.
     */
    private static final int USER = 11;

    private static final int CHILDREN_SYSTEM = 14;

    private final Path processes;

    DatabaseUse(Path processes) {
        this.processes = processes;
    }

    /** Returns the use of the process; empty if it does not exist or the system does not show it. */
    Optional<ProcessUse> of(long pid) {
        return seconds(pid).map(own -> new ProcessUse(pid, own + descendants(pid), OptionalLong.empty()));
    }

    private double descendants(long pid) {
        try (Stream<ProcessHandle> all = ProcessHandle.of(pid).stream().flatMap(ProcessHandle::descendants)) {
            return all.flatMap(child -> seconds(child.pid()).stream())
                    .mapToDouble(Double::doubleValue)
                    .sum();
        }
    }

    /**
     * Returns the CPU time of a process, including children that have ended, so that nothing is lost when a connection
     * closes.
     */
    private Optional<Double> seconds(long pid) {
        try {
            String stat = Files.readString(
                    processes.resolve(Long.toString(pid)).resolve("stat"), StandardCharsets.ISO_8859_1);
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            long ticks = 0;
            for (int place = USER; place <= CHILDREN_SYSTEM; place++) {
                ticks += Long.parseLong(fields[place]);
            }
            return Optional.of(ticks / TICKS_PER_SECOND);
        } catch (IOException | RuntimeException e) {
            return Optional.empty();
        }
    }
}
