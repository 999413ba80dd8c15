package org.craq.client.internal;

import java.nio.ByteBuffer;
import org.craq.wire.CraqException;
import org.craq.wire.v1.Receipt;
import org.craq.wire.v1.WriteTrailer;

/** One attempt to write, whichever protocol carries it. For one thread. */
interface OutgoingWrite {
    /** Returns what is kept of earlier attempts, if this write is resumable. */
    Kept kept();

    /**
     * Sends the next piece of the content; blocks until the transport accepts it. The caller may reuse the bytes on return.
     *
     * @param offset of the piece's first byte in the content
     * @throws CraqException when the attempt has failed, or has made no progress within the timeout
     */
    void send(long offset, ByteBuffer piece, int crc32c);

    /**
     * Ends the content and waits for the answer. From here on the write may take effect.
     *
     * @throws CraqException as for {@link #send}; OUTCOME_UNKNOWN when the write may have taken effect
     */
    Receipt finish(WriteTrailer trailer);

    /** Abandons the attempt. No effect on one that has ended. */
    void cancel(String reason);
}
