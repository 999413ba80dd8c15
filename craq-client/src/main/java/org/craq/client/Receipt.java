package org.craq.client;

import java.util.List;

/**
 * The answer to a write, which is durable on every member named here.
 *
 * @param name of the file that was written or deleted
 * @param version the version that the write created
 * @param length bytes of content
 * @param crc32c CRC32C of the whole content
 * @param members node ids, head first
 * @param epoch the epoch of the chain that answered; after a retry it may be later than the version's
 * @param session token for reads that must reflect this write: {@link Freshness#notBefore}
 */
public record Receipt(
        String name, FileVersion version, long length, int crc32c, List<String> members, long epoch, String session) {
    public Receipt {
        members = List.copyOf(members);
    }

    /** Returns the checksum as eight hexadecimal digits. */
    public String crc32cHex() {
        return String.format("%08x", crc32c);
    }
}
