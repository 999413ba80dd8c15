package org.craq.client.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How this machine's processors have spent their time, whoever used them: tells whether a rate was bounded by them, and
 * whether somebody else was there.
 *
 * @param busySeconds of all processors together, since the machine started or between two moments
 * @param idleSeconds the same, with nothing to do or waiting for a disk
 * @param stolenSeconds when this machine was ready, and the one that it runs on did something else
 */
public record MachineUse(double busySeconds, double idleSeconds, double stolenSeconds) {
    /** Linux shows times in these units on every architecture. */
    private static final double TICKS_PER_SECOND = 100;

    private static final Path TIMES = Path.of("/proc/stat");

    /** Until now; empty where the system does not tell it as Linux does. */
    static Optional<MachineUse> now() {
        try {
            return parse(Files.readString(TIMES, StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** The first line has user, nice, system, idle, waiting for disks, interrupts, soft interrupts, stolen. */
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

    /** What came after that moment. */
    MachineUse since(MachineUse before) {
        return new MachineUse(
                busySeconds - before.busySeconds,
                idleSeconds - before.idleSeconds,
                stolenSeconds - before.stolenSeconds);
    }

    /** Of all its time, 0 to 1. */
    public double idleShare() {
        return share(idleSeconds);
    }

    /** Of all its time, 0 to 1. */
    public double stolenShare() {
        return share(stolenSeconds);
    }

    private double share(double part) {
        double all = busySeconds + idleSeconds + stolenSeconds;
        return all == 0 ? 0 : part / all;
    }
}
