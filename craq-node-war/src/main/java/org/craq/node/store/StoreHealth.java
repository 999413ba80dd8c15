package org.craq.node.store;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Collection;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/**
 * Decides whether the chunk store takes writes: not after a failed force, and without a claim to the disk's reserve only while more than that is free.
 * A force that fails is never tried again, because the kernel may have dropped the pages that it could not write. Thread-safe.
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

    /** Why the store takes no more writes; empty while it does. */
    String failure() {
        return failure;
    }

    /** The store takes no more writes until the node is started again. */
    void fail(String reason) {
        if (failure.isEmpty()) {
            failure = reason + "; the node stores nothing more until it is started again";
            LOG.log(Level.ERROR, "{0}: {1}", disk, failure);
        }
    }

    private CraqException failed(ForceFailedException e) {
        failure = e.getMessage() + "; the node stores nothing more. Check its disk, then start it again";
        LOG.log(Level.ERROR, disk + ": " + failure, e);
        return new CraqException(ErrorCode.STORAGE_FAILED, failure, e);
    }

    /**
     * To be called before each append.
     *
     * @param reserved true for what may use the disk's reserve
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
     * On return all bytes of the segments are on the disk.
     *
     * @throws CraqException STORAGE_FAILED; the store is then failed for good
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
        // Another thread's force may have failed meanwhile, on another segment or on a name.
        check();
    }

    /** The error that an append which failed is reported as. */
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
