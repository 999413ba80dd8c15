package org.craq.node.store;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** CRC32C (Castagnoli), as everywhere between client and disk. */
final class Checksum {
    private Checksum() {}

    /** Of the bytes that remain in a buffer, which is left as it is. */
    static int of(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.duplicate());
        return (int) crc.getValue();
    }
}
