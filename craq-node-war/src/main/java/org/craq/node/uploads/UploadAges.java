package org.craq.node.uploads;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/**
 * The time at which each incomplete upload was last written, as far as the head knows it from one scan per epoch and from the requests
 * since. So only a few uploads have to be read to find the expired ones, and their number can be limited. Thread-safe.
 */
final class UploadAges {
    /** Maximum number of incomplete uploads. */
    static final int MOST = 10_000;

    private final int most;
    private final Map<UploadId, Long> changedAtMillis = new HashMap<>();
    private long epoch = -1;
    private boolean counted;

    UploadAges(int most) {
        this.most = most;
    }

    /** True when all incomplete uploads are known in this epoch. */
    synchronized boolean knows(long now) {
        return counted && epoch == now;
    }

    /** A scan begins. What was known in another epoch is dropped, as another head may have created and ended uploads since. */
    synchronized void begin(long now) {
        if (epoch != now) {
            changedAtMillis.clear();
            counted = false;
        }
        epoch = now;
    }

    /** A scan that began in this epoch has seen all uploads. */
    synchronized void end(long now) {
        counted = epoch == now;
    }

    /** Throws OVERLOADED when the maximum number of incomplete uploads is reached. */
    synchronized void checkRoom() {
        if (changedAtMillis.size() >= most) {
            throw new CraqException(
                    ErrorCode.OVERLOADED,
                    most + " uploads have been started and are not complete, which is the limit; complete or"
                            + " terminate some, or wait until they expire");
        }
    }

    /** Records the current state of an upload. */
    synchronized void note(UploadState state) {
        if (state.plan().complete()) {
            changedAtMillis.remove(state.id());
        } else {
            changedAtMillis.merge(state.id(), state.changedAtMillis(), Math::max);
        }
    }

    synchronized void forget(UploadId id) {
        changedAtMillis.remove(id);
    }

    /** Returns the uploads of which no write since the given time is known. */
    synchronized List<UploadId> unchangedSince(long millis) {
        return changedAtMillis.entrySet().stream()
                .filter(each -> each.getValue() < millis)
                .map(Map.Entry::getKey)
                .toList();
    }

    synchronized int size() {
        return changedAtMillis.size();
    }
}
