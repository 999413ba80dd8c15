package org.craq.client;

import java.io.IOException;
import java.io.InputStream;

/** Content to be stored. Used by one thread. */
interface Source {
    /** True if {@link #begin} can still give the content from its first byte on. */
    boolean repeatable();

    /** The content from its first byte on; a stream given before is no longer valid. */
    InputStream begin() throws IOException;

    /**
     * Called when all has been sent, before it is made a version.
     *
     * @param crc32c of what was sent
     * @throws IOException when what was sent is not one state of the source
     */
    void verify(long sent, int crc32c) throws IOException;
}
