package org.craq.client.bench;

import java.time.Duration;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.craq.client.PutOptions;

/**
 * How to measure.
 *
 * @param size bytes of each file; empty: as the workload has it
 * @param clients operations at once in workloads with several; empty: as the workload has it
 * @param chunkSize bytes of each chunk of what is written
 * @param seconds how long operations are begun; those under way are waited for and counted
 * @param warmUp the same load before that, not counted
 * @param once with whole streams, each client moves just one, whatever the seconds say
 */
public record BenchSettings(
        OptionalLong size, OptionalInt clients, long chunkSize, Duration seconds, Duration warmUp, boolean once) {
    private static final int MOST_CLIENTS = 1024;

    public BenchSettings {
        if (size.isPresent() && size.getAsLong() < 1) {
            throw new IllegalArgumentException("a file has at least 1 byte, not " + size.getAsLong());
        }
        if (clients.isPresent() && (clients.getAsInt() < 1 || clients.getAsInt() > MOST_CLIENTS)) {
            throw new IllegalArgumentException(
                    "the number of clients is 1 to " + MOST_CLIENTS + ", not " + clients.getAsInt());
        }
        if (chunkSize < PutOptions.MIN_CHUNK_SIZE || chunkSize > PutOptions.MAX_CHUNK_SIZE) {
            throw new IllegalArgumentException("a chunk has " + PutOptions.MIN_CHUNK_SIZE + " to "
                    + PutOptions.MAX_CHUNK_SIZE + " bytes, not " + chunkSize);
        }
        if (seconds.isNegative() || seconds.isZero()) {
            throw new IllegalArgumentException("a measurement takes at least 1 second");
        }
        if (warmUp.isNegative()) {
            throw new IllegalArgumentException("a warm-up takes 0 seconds or more");
        }
    }

    /**
     * Holds the settings against a workload.
     *
     * @throws IllegalArgumentException when they make no sense for it
     */
    public void check(Workload workload) {
        size(workload);
    }

    /** Half a range is no range. */
    long size(Workload workload) {
        long wanted = size.orElse(workload.size());
        if (workload.kind() == Workload.Kind.READ_RANGES && wanted < Workload.RANGE_BYTES) {
            throw new IllegalArgumentException(
                    workload + " reads ranges of " + Workload.RANGE_BYTES + " bytes; its file can't be smaller");
        }
        return wanted;
    }

    /** How long operations are begun. Each client begins one in any case. */
    long nanos(Workload workload) {
        return once && !workload.small() ? 0 : seconds.toNanos();
    }

    int clients(Workload workload) {
        return workload.clients() == 1 ? 1 : clients.orElse(workload.clients());
    }
}
