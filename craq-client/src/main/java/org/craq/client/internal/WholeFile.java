package org.craq.client.internal;

import org.craq.client.Consistency;
import org.craq.client.FileInfo;
import org.craq.client.GetOptions;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/** The rules of a download that reads one version in several requests. Pure. */
final class WholeFile {
    private WholeFile() {}

    /** Throws IllegalArgumentException with this text unless the options request a whole file. */
    static void require(GetOptions options, String text) {
        if (options.offset() > 0 || options.limit().isPresent()) {
            throw new IllegalArgumentException(text);
        }
    }

    /**
     * Returns true if all members that are asked name the same version. With weaker consistency, members may disagree
     * about which version is the newest.
     */
    static boolean sameVersionEverywhere(GetOptions options) {
        return options.version().isPresent()
                || options.node().isPresent()
                || options.freshness().consistency() == Consistency.STRONG;
    }

    /** Returns the failure to report when all bytes have arrived and their checksum is wrong. */
    static CraqException damaged(FileInfo file) {
        return new CraqException(
                ErrorCode.CONTENT_DAMAGED,
                "version " + file.version() + " of '" + file.name() + "' arrived with a checksum other than "
                        + file.crc32cHex());
    }

    /**
     * Verifies that a member that was asked for a version sent this version.
     *
     * @throws CraqException CONTENT_DAMAGED when it sent another one
     */
    static void checkSame(FileInfo asked, FileInfo sent) {
        if (!sent.version().equals(asked.version()) || sent.length() != asked.length()) {
            throw new CraqException(
                    ErrorCode.CONTENT_DAMAGED,
                    sent.answered().node() + " sent version " + sent.version() + " in place of " + asked.version());
        }
    }
}
