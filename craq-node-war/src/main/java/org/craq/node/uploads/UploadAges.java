package org.craq.node.uploads;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/**
 * When each upload that is not complete was last gone on with, as far as the head knows: from one look through all in each epoch, and from what it has done since. So
 * few have to be read to find those that have expired, and their number has a bound. Thread-safe.
 */
final class UploadAges {
    /** Uploads that are not complete. */
    static final int MOST = 10_000;

    private final int most;
    private final Map<UploadId, Long> changedAtMillis = new HashMap<>();
    private long epoch = -1;
    private boolean counted;

    UploadAges(int most) {
        this.most = most;
    }

    /** True when all of this epoch's are known. */
    synchronized boolean knows(long now) {
        return counted && epoch == now;
    }

    /** All are looked through from here on; another head may have made and ended some in other epochs. */
    synchronized void begin(long now) {
        if (epoch != now) {
            changedAtMillis.clear();
            counted = false;
        }
        epoch = now;
    }

    /** All have been looked through. */
    synchronized void end(long now) {
        counted = epoch == now;
    }

    /** Raises OVERLOADED when there may be no more. */
    synchronized void checkRoom() {
        if (changedAtMillis.size() >= most) {
            throw new CraqException(
                    ErrorCode.OVERLOADED,
                    most + " uploads have been begun and are not complete, which is all that are kept; complete or"
                            + " terminate some, or wait until they expire");
        }
    }

    /** How an upload was found or left. */
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

    /** Those that nobody is known to have gone on with since. */
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
