package org.craq.node.replication;

import java.nio.ByteBuffer;
import java.util.Optional;
import org.craq.node.content.ComingChunk;
import org.craq.wire.CraqException;

/**
 * One content on its way to the successor, chunk by chunk. Pushing is the fast path only: when it fails, the link goes
 * silent and the successor fetches what it misses.
 */
sealed interface PushSender permits GrpcPushSender, PortPushSender {
    /** Why the successor took no more, if it was for lack of room there or further down. */
    Optional<CraqException> refusal();

    /** Sends on the next chunk while it comes, if this is possible here; true then. */
    boolean sendOn(ComingChunk chunk);

    /** Sends the next chunk. On return the bytes are not needed any more. */
    void send(int index, ByteBuffer data, int crc32c);

    /** Runs the step as soon as more may be sent: at once, or when the successor has caught up. One step may wait. */
    void whenReady(Runnable step);

    /** The successor made no progress for too long: it will fetch. */
    void giveUp();

    /** No more chunks come; the successor's copy stays. */
    void complete();

    /** The successor's copy is to be undone. */
    void cancel();
}
