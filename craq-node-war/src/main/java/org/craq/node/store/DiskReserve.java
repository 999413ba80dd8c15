package org.craq.node.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.OptionalLong;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/**
 * Space that uploads leave free, so that entries which already have their place in the log can still be stored. It is
 * checked for each upload: when space returns, uploads work again.
 */
public final class DiskReserve {
    private static final long DEFAULT_BYTES = 2L << 30;
    private static final int DEFAULT_SHARE = 50;

    private final Disk disk;
    private final long bytes;

    /**
     * Creates the reserve of a disk.
     *
     * @param bytes size of the reserve; empty: the smaller of 2 GiB and 2 % of the disk
     */
    public DiskReserve(Disk disk, OptionalLong bytes) {
        this.disk = disk;
        try {
            this.bytes =
                    bytes.isPresent() ? bytes.getAsLong() : Math.min(DEFAULT_BYTES, disk.totalBytes() / DEFAULT_SHARE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public long bytes() {
        return bytes;
    }

    /** Returns the bytes free on the disk; 0 when that can't be determined. */
    public long usable() {
        try {
            return disk.usableBytes();
        } catch (IOException e) {
            System.getLogger(DiskReserve.class.getName())
                    .log(System.Logger.Level.WARNING, "the free disk space can't be determined", e);
            return 0;
        }
    }

    public boolean reached() {
        return usable() <= bytes;
    }

    /**
     * Checks that an upload may take space.
     *
     * @throws CraqException STORAGE_FULL
     */
    void check() {
        long usable = usable();
        if (usable <= bytes) {
            throw new CraqException(
                    ErrorCode.STORAGE_FULL,
                    String.format(
                            Locale.ROOT,
                            "a node's disk has %d MiB free, no more than its reserve of %d MiB; delete files, free space"
                                    + " or lower craq.node.disk.reserve",
                            usable >> 20,
                            bytes >> 20));
        }
    }

    /** Returns true if a write failed for lack of space. */
    static boolean lacksSpace(IOException failure) {
        String text = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
        return text.contains("no space left") || text.contains("quota exceeded") || text.contains("not enough space");
    }
}
