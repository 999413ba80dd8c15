package org.craq.client.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How this machine's processors have spent their time, whoever used them. Shows whether a rate was limited by them, and
 * whether other programs were running.
 *
 * @param busySeconds busy time of all processors together, since the machine started or between two moments
 * @param idleSeconds time with nothing to do or waiting for a disk
 * @param stolenSeconds time in which this virtual machine was ready, but its host did something else
 */
public record MachineUse(double busySeconds, double idleSeconds, double stolenSeconds) {
    /** Linux reports times in these units on every architecture. */
    private static final double TICKS_PER_SECOND = 100;

    private static final Path TIMES = Path.of("/proc/stat");

    /** Returns the use up to now; empty where the system does not report it as Linux does. */
    static Optional<MachineUse> now() {
        try {
            return parse(Files.readString(TIMES, StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Parses the first line: user, nice, system, idle, waiting for disks, interrupts, soft interrupts, stolen. */
    static Optional<MachineUse> parse(String text) {
        String[] fields = text.lines().findFirst().orElse("").split(" +", -1);
        if (!fields[0].equals("cpu") || fields.length < 9) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    new MachineUse(seconds(fields, 1, 2, 3, 6, 7), seconds(fields, 4, 5), seconds(fields, 8)));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static double seconds(String[] fields, int... places) {
        long ticks = 0;
        for (int place : places) {
            ticks += Long.parseLong(fields[place]);
        }
        return ticks / TICKS_PER_SECOND;
    }

    /** Returns the use since an earlier moment. */
    MachineUse since(MachineUse before) {
        return new MachineUse(
                busySeconds - before.busySeconds,
                idleSeconds - before.idleSeconds,
                stolenSeconds - before.stolenSeconds);
    }

    /** Returns the idle share of the whole time, 0 to 1. */
    public double idleShare() {
        return share(idleSeconds);
    }

    /** Returns the stolen share of the whole time, 0 to 1. */
    public double stolenShare() {
        return share(stolenSeconds);
    }

    private double share(double part) {
        double all = busySeconds + idleSeconds + stolenSeconds;
        return all == 0 ? 0 : part / all;
    }
}
