package org.craq.client.internal;

import java.io.IOException;
import java.io.InputStream;

/** Content to be stored. Used by one thread. */
interface Source {
    /** Returns true if {@link #begin} can still deliver the content from its first byte on. */
    boolean repeatable();

    /** Returns the content from its first byte on; a stream returned earlier is no longer valid. */
    InputStream begin() throws IOException;

    /**
     * Verifies the source after everything has been sent, before the version is created.
     *
     * @param sent number of bytes sent
     * @param crc32c checksum of the bytes sent
     * @throws IOException when the bytes sent are not one consistent state of the source
     */
    void verify(long sent, int crc32c) throws IOException;
}
