package org.craq.wire.content;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** CRC32C (Castagnoli), the checksum used everywhere between client and disk. */
public final class Checksum {
    private Checksum() {}

    /** Returns the checksum of a buffer's remaining bytes, without changing the buffer. */
    public static int of(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.duplicate());
        return (int) crc.getValue();
    }
}
