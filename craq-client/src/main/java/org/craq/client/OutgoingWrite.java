package org.craq.client;

import java.nio.ByteBuffer;
import org.craq.wire.CraqException;
import org.craq.wire.v1.Receipt;
import org.craq.wire.v1.WriteTrailer;

/** One attempt to write, on whichever way; for one thread. */
interface OutgoingWrite {
    /**
     * Sends the next piece when there is room. On return its bytes are not needed any more.
     *
     * @param offset of its first byte in what is sent
     * @throws CraqException when the attempt has failed, or has stood still for the timeout
     */
    void send(long offset, ByteBuffer piece, int crc32c);

    /** Ends the pieces and waits for the answer. From here on the write may take effect. Fails as {@link #send} does. */
    Receipt finish(WriteTrailer trailer);

    /** No effect on one that has ended. */
    void cancel(String reason);
}
