package org.craq.wire.content;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** CRC32C (Castagnoli), as everywhere between client and disk. */
public final class Checksum {
    private Checksum() {}

    /** Of the bytes that remain in a buffer, which is left as it is. */
    public static int of(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.duplicate());
        return (int) crc.getValue();
    }
}
