package org.craq.client;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/**
 * What is known of one version of one file.
 *
 * @param length bytes of content
 * @param crc32c CRC32C of the whole content
 * @param contentType media type as the writer gave it; may be empty
 * @param chunkSize bytes in every chunk but the last
 * @param clean false while the version is not yet known to be committed on the node that answered
 * @param answered who said so, and what that is worth
 */
public record FileInfo(
        String name,
        FileVersion version,
        long length,
        int crc32c,
        String contentType,
        Map<String, String> userMetadata,
        Instant createdAt,
        int chunkSize,
        boolean clean,
        Answered answered) {
    public FileInfo {
        userMetadata = Collections.unmodifiableMap(new LinkedHashMap<>(userMetadata));
    }

    /** The checksum as eight hexadecimal digits. */
    public String crc32cHex() {
        return String.format("%08x", crc32c);
    }

    /** What is wrong when all of it has come with another checksum. */
    CraqException damaged() {
        return new CraqException(
                ErrorCode.CONTENT_DAMAGED,
                "version " + version + " of '" + name + "' arrived with another checksum than " + crc32cHex());
    }

    /** @throws CraqException CONTENT_DAMAGED when a member that was asked for this version has sent another one */
    void checkSame(FileInfo sent) {
        if (!sent.version().equals(version) || sent.length() != length) {
            throw new CraqException(
                    ErrorCode.CONTENT_DAMAGED,
                    sent.answered().node() + " sent version " + sent.version() + " in place of " + version);
        }
    }
}
