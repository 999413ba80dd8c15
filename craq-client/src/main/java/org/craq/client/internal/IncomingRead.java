package org.craq.client.internal;

import java.nio.ByteBuffer;
import org.craq.wire.CraqException;
import org.craq.wire.v1.ReadHeader;

/** The answer of one member to one read, whichever protocol carries it. Belongs to one thread. */
interface IncomingRead {
    /** Returns the member that sends. */
    Peer node();

    /**
     * Returns the description of the answer. Called once, before anything else.
     *
     * @throws CraqException when the member refused the read, ended it, or made no progress
     */
    ReadHeader header();

    /**
     * Returns the next bytes, after verifying their checksum.
     *
     * @throws CraqException as for {@link #header}; CONTENT_DAMAGED when the checksum is wrong
     */
    Piece next();

    /** Ends the read when no more bytes are needed. */
    void finish();

    /** Abandons the read. Has no effect if it has ended. */
    void cancel(String reason);

    /**
     * Some bytes of the answer.
     *
     * @param offset position of the first byte in the file, as the member states it
     * @param bytes valid until the next piece is requested
     */
    record Piece(long offset, ByteBuffer bytes, int crc32c) {}
}
