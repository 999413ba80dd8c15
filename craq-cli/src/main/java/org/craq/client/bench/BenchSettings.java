package org.craq.client.bench;

import java.time.Duration;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.craq.client.PutOptions;

/**
 * The settings of a measurement.
 *
 * @param size bytes of each file; empty: the workload's own size
 * @param clients number of concurrent clients in workloads with several; empty: the workload's own number
 * @param chunkSize bytes of each chunk of the files that are written
 * @param seconds how long new operations are started; running ones are completed and counted
 * @param warmUp duration of the same load before the measurement, which is not counted
 * @param once in workloads of whole streams, each client transfers only one, whatever the seconds say
 * @param rest whether the files are written and read by the nodes' REST interface, not by the Java client
 */
public record BenchSettings(
        OptionalLong size,
        OptionalInt clients,
        long chunkSize,
        Duration seconds,
        Duration warmUp,
        boolean once,
        boolean rest) {
    private static final int MOST_CLIENTS = 1024;

    public BenchSettings {
        if (size.isPresent() && size.getAsLong() < 1) {
            throw new IllegalArgumentException("a file has at least 1 byte, not " + size.getAsLong());
        }
        if (clients.isPresent() && (clients.getAsInt() < 1 || clients.getAsInt() > MOST_CLIENTS)) {
            throw new IllegalArgumentException(
                    "the number of clients must be 1 to " + MOST_CLIENTS + ", not " + clients.getAsInt());
        }
        if (chunkSize < PutOptions.MIN_CHUNK_SIZE || chunkSize > PutOptions.MAX_CHUNK_SIZE) {
            throw new IllegalArgumentException("a chunk has " + PutOptions.MIN_CHUNK_SIZE + " to "
                    + PutOptions.MAX_CHUNK_SIZE + " bytes, not " + chunkSize);
        }
        if (rest && chunkSize != PutOptions.MAX_CHUNK_SIZE) {
            throw new IllegalArgumentException("the REST interface decides the chunk size itself");
        }
        if (seconds.isNegative() || seconds.isZero()) {
            throw new IllegalArgumentException("a measurement must last at least 1 second");
        }
        if (warmUp.isNegative()) {
            throw new IllegalArgumentException("the duration of the warm-up must not be negative");
        }
    }

    /**
     * Checks the settings for a workload.
     *
     * @throws IllegalArgumentException when they are not valid for it
     */
    public void check(Workload workload) {
        size(workload);
    }

    /** Returns the size of each file, which must hold at least one range. */
    long size(Workload workload) {
        long wanted = size.orElse(workload.size());
        if (workload.kind() == Workload.Kind.READ_RANGES && wanted < Workload.RANGE_BYTES) {
            throw new IllegalArgumentException(
                    workload + " reads ranges of " + Workload.RANGE_BYTES + " bytes; its file can't be smaller");
        }
        return wanted;
    }

    /** Returns how long new operations are started. Each client starts one in any case. */
    long nanos(Workload workload) {
        return once && !workload.small() ? 0 : seconds.toNanos();
    }

    int clients(Workload workload) {
        return workload.clients() == 1 ? 1 : clients.orElse(workload.clients());
    }
}
