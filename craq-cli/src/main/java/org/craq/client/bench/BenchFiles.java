package org.craq.client.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.craq.client.CraqClient;
import org.craq.client.DeleteOptions;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/** The files of one run. They share a prefix, and a file's content is determined by its name. Thread-safe. */
final class BenchFiles {
    /** Minimum size of files whose space is reclaimed explicitly; a deleted file keeps its bytes as an old version. */
    private static final long LARGE_BYTES = 1 << 20;

    private final CraqClient client;
    private final String prefix;
    private final Transfers transfers;
    private final AtomicLong next = new AtomicLong();
    /** Contains files whose write has failed, too, as it may have taken effect. */
    private final Map<String, Long> made = new ConcurrentHashMap<>();

    private final Map<String, Transfers.Written> whole = new ConcurrentHashMap<>();

    /**
     * Creates the files of one run.
     *
     * @param client removes them
     * @param transfers writes and reads them
     */
    BenchFiles(CraqClient client, String prefix, Transfers transfers) {
        this.client = client;
        this.prefix = prefix;
        this.transfers = transfers;
    }

    /** Writes one more file and returns its name once the file is durable on every member. */
    String write(long size, LongConsumer progress) throws IOException {
        String name = prefix + next.incrementAndGet();
        made.put(name, size);
        Transfers.Written written = transfers.write(name, size, progress);
        if (written.length() != size) {
            throw new IOException("the receipt says " + written.length() + " bytes, not " + size);
        }
        whole.put(name, written);
        return name;
    }

    /** Returns the first {@code count} files of that size, or fewer. */
    List<String> ofSize(long size, int count) {
        List<String> names = new ArrayList<>();
        whole.forEach((name, written) -> {
            if (written.length() == size && names.size() < count) {
                names.add(name);
            }
        });
        return names;
    }

    /** Reads a whole file and verifies its bytes. */
    void read(String name, long size, LongConsumer progress) throws IOException {
        Pattern.Check check = Pattern.of(name).check(0);
        transfers.read(name, check, progress);
        check.complete(size);
    }

    /** Reads one range at a random place in a file. */
    void readRange(String name, long size) throws IOException {
        int bytes = Workload.RANGE_BYTES;
        long offset = ThreadLocalRandom.current().nextLong(size / bytes) * bytes;
        Pattern.Check check = Pattern.of(name).check(offset);
        transfers.readRange(name, offset, bytes, check);
        check.complete(bytes);
    }

    /** Returns the names of the files that are still to be removed. */
    List<String> names() {
        return List.copyOf(made.keySet());
    }

    /** Removes a file and its bytes; one that does not exist counts as removed. */
    void remove(String name) {
        unlessGone(() -> client.delete(name));
        Transfers.Written written = whole.remove(name);
        if (written != null && written.length() >= LARGE_BYTES) {
            unlessGone(() -> client.delete(name, DeleteOptions.defaults().withVersion(written.version())));
        }
        made.remove(name);
    }

    private static void unlessGone(Runnable deletion) {
        try {
            deletion.run();
        } catch (CraqException e) {
            if (e.code() != ErrorCode.NOT_FOUND && e.code() != ErrorCode.VERSION_PRUNED) {
                throw e;
            }
        }
    }
}
