package org.craq.node.replication;

import java.nio.ByteBuffer;
import java.util.Optional;
import org.craq.node.content.ComingChunk;
import org.craq.wire.CraqException;

/**
 * Sends one content to the successor, chunk by chunk. A push is only the fast path: when it fails, this sender ignores further chunks and
 * the successor fetches what it is missing.
 */
sealed interface PushSender permits GrpcPushSender, PortPushSender {
    /** Returns the successor's error if it refused the content because it, or a member further down the chain, has no disk space. */
    Optional<CraqException> refusal();

    /** Forwards the next chunk while it is still arriving. Returns false, and does nothing, if this sender can send whole chunks only. */
    boolean sendOn(ComingChunk chunk);

    /** Sends the next chunk. The caller may reuse the bytes on return. */
    void send(int index, ByteBuffer data, int crc32c);

    /** Runs the step once another chunk may be sent: at once, or when the successor has caught up. Only one step may be waiting. */
    void whenReady(Runnable step);

    /** Ends the push because the successor made no progress for too long; it will fetch the content. */
    void giveUp();

    /** Ends the push after the last chunk; the successor keeps its copy. */
    void complete();

    /** Cancels the push; the successor discards its copy. */
    void cancel();
}
