package org.craq.client;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What is known of one version of a file.
 *
 * @param name of the file
 * @param version number of the version
 * @param length bytes of content
 * @param crc32c CRC32C of the whole content
 * @param contentType media type as the writer gave it; may be empty
 * @param userMetadata the user's own key-value pairs
 * @param createdAt when the head accepted the write, by its clock
 * @param chunkSize bytes in every chunk but the last
 * @param clean false while the answering node does not yet know the version to be committed
 * @param answered the member that answered, and how fresh its answer is
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

    /** Returns the checksum as eight hexadecimal digits. */
    public String crc32cHex() {
        return String.format("%08x", crc32c);
    }
}
