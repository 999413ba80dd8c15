package org.craq.node.uploads;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.craq.core.file.FileName;
import org.craq.node.metadata.FileRecord;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/**
 * Deletes expired uploads. Incomplete ones are found by their known age. From time to time all uploads are scanned, which also finds
 * complete ones, and parts that an earlier sweep or deletion has left behind.
 */
final class Sweep {
    private static final Logger LOG = System.getLogger(Sweep.class.getName());

    private static final Duration LONGEST_BETWEEN = Duration.ofHours(1);

    private final UploadStore store;
    private final Predicate<UploadState> expired;
    private final UploadAges ages;
    private final Duration lifetime;
    private final LongSupplier epoch;
    private long allAt = System.nanoTime();

    Sweep(UploadStore store, Predicate<UploadState> expired, UploadAges ages, Duration lifetime, LongSupplier epoch) {
        this.store = store;
        this.expired = expired;
        this.ages = ages;
        this.lifetime = lifetime;
        this.epoch = epoch;
    }

    synchronized void run() {
        Duration between =
                lifetime.dividedBy(4).compareTo(LONGEST_BETWEEN) < 0 ? lifetime.dividedBy(4) : LONGEST_BETWEEN;
        if (!ages.knows(epoch.getAsLong()) || System.nanoTime() - allAt > between.toNanos()) {
            all();
        } else {
            ages.unchangedSince(System.currentTimeMillis() - lifetime.toMillis())
                    .forEach(this::look);
        }
    }

    /** Scans all uploads unless those of this epoch are already known. */
    void know() {
        if (ages.knows(epoch.getAsLong())) {
            return;
        }
        synchronized (this) {
            if (!ages.knows(epoch.getAsLong())) {
                all();
            }
        }
    }

    private void look(UploadId id) {
        try {
            UploadState state = store.load(id);
            ages.note(state);
            if (expired.test(state)) {
                letGo(state);
            }
        } catch (CraqException e) {
            if (e.code() == ErrorCode.NOT_FOUND) {
                ages.forget(id);
            }
            LOG.log(Level.DEBUG, "upload " + id + " is left for the next sweep", e);
        }
    }

    private void all() {
        long now = epoch.getAsLong();
        ages.begin(now);
        allAt = System.nanoTime();
        judgeAll();
        ages.end(now);
    }

    private void judgeAll() {
        List<FileRecord> upload = new ArrayList<>();
        store.forEach(UploadId.FOLDER, file -> {
            if (!upload.isEmpty() && !id(upload.get(0)).equals(id(file))) {
                judge(upload);
                upload.clear();
            }
            upload.add(file);
        });
        if (!upload.isEmpty()) {
            judge(upload);
        }
    }

    private static UploadId id(FileRecord file) {
        return UploadId.of(file.name());
    }

    private void judge(List<FileRecord> upload) {
        UploadId id = id(upload.get(0));
        if (!id.isPlan(upload.get(0).name())) {
            store.drop(upload.stream().map(FileRecord::name).toList());
            return;
        }
        UploadState state = UploadState.of(id, upload.get(0), upload.subList(1, upload.size()));
        ages.note(state);
        if (expired.test(state)) {
            letGo(state);
        } else if (state.plan().complete()) {
            store.dropParts(state);
        }
    }

    private void letGo(UploadState state) {
        FileName file = state.plan().file();
        try {
            store.delete(state);
            ages.forget(state.id());
            LOG.log(Level.INFO, "upload {0} of ''{1}'' has expired", state.id(), file);
        } catch (CraqException e) {
            LOG.log(Level.DEBUG, "upload " + state.id() + " is left for the next sweep", e);
        }
    }
}
