package org.craq.node.store;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Collection;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/**
 * Decides whether the chunk store accepts writes: none after a failed force, and only those that may use the disk's
 * reserve while no more than that is free. A failed force is never retried, because the kernel may have dropped the
 * pages that it could not write. Thread-safe.
 */
final class StoreHealth {
    private static final Logger LOG = System.getLogger(StoreHealth.class.getName());

    private final Disk disk;
    private final DiskReserve reserve;
    private volatile String failure = "";

    StoreHealth(Disk disk, DiskReserve reserve) {
        this.disk = disk;
        this.reserve = reserve;
    }

    DiskReserve reserve() {
        return reserve;
    }

    /** Returns why the store accepts no more writes; empty while it does. */
    String failure() {
        return failure;
    }

    /** Refuses all writes until the node is restarted. */
    void fail(String reason) {
        if (failure.isEmpty()) {
            failure = reason + "; the node accepts no writes until it is restarted";
            LOG.log(Level.ERROR, "{0}: {1}", disk, failure);
        }
    }

    private CraqException failed(ForceFailedException e) {
        failure = e.getMessage() + "; the node accepts no more writes. Check its disk, then start it again";
        LOG.log(Level.ERROR, disk + ": " + failure, e);
        return new CraqException(ErrorCode.STORAGE_FAILED, failure, e);
    }

    /**
     * Checks whether an append is allowed; called before each one.
     *
     * @param reserved true for content that may use the disk's reserve
     * @throws CraqException STORAGE_FULL, STORAGE_FAILED
     */
    void checkAppend(boolean reserved) {
        check();
        if (!reserved) {
            reserve.check();
        }
    }

    private void check() {
        if (!failure.isEmpty()) {
            throw new CraqException(ErrorCode.STORAGE_FAILED, failure);
        }
    }

    /**
     * On return, all bytes of the segments are on the disk.
     *
     * @throws CraqException STORAGE_FAILED; the store then stays failed
     */
    void force(Collection<Segment> segments) {
        check();
        try {
            for (Segment segment : segments) {
                segment.force();
            }
        } catch (ForceFailedException e) {
            throw failed(e);
        }
        // Another thread's force may have failed meanwhile, of another segment or of a file's name.
        check();
    }

    /** Returns the error to report for a failed append. */
    CraqException writeFailed(IOException e) {
        if (e instanceof ForceFailedException lost) {
            return failed(lost);
        }
        LOG.log(Level.WARNING, "writing to " + disk + " failed", e);
        return DiskReserve.lacksSpace(e)
                ? new CraqException(ErrorCode.STORAGE_FULL, "a node's disk is full; free space on it", e)
                : new CraqException(ErrorCode.STORAGE_FAILED, "a node's disk refused a write; see the node's log", e);
    }
}
