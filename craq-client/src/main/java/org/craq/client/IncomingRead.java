package org.craq.client;

import java.nio.ByteBuffer;
import org.craq.wire.CraqException;
import org.craq.wire.v1.ReadHeader;

/** What one member sends in answer to one read, on whichever way; for one thread. */
interface IncomingRead {
    /** Who sends. */
    Peer node();

    /**
     * What the answer is. To be called once, first.
     *
     * @throws CraqException what the member refused it with, or that it has ended or stood still
     */
    ReadHeader header();

    /**
     * The next bytes, which have been held against their checksum.
     *
     * @throws CraqException as for {@link #header}; CONTENT_DAMAGED when the checksum is another
     */
    Piece next();

    /** Called when nothing more is needed. */
    void finish();

    /** Called when it is given up. No effect on one that has ended. */
    void cancel(String reason);

    /**
     * Some bytes of the answer.
     *
     * @param offset of the first one in the file, as the member says
     * @param bytes valid until the next piece is asked for
     */
    record Piece(long offset, ByteBuffer bytes, int crc32c) {}
}
