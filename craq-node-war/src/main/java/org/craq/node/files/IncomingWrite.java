package org.craq.node.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.craq.node.content.ServedConnection;

/**
 * Receives one streamed write, with rules that are the same for gRPC and the content port: both translate their messages into calls of this
 * interface. Calls must not overlap; {@link #waits} and {@link #holdsPermit} may be called by any thread.
 *
 * <p>States: new -> waiting for a permit -> open -> finished | abandoned | discarded. A short write needs no permit, and a client may
 * choose to fail instead of waiting for one; both skip the second state.
 */
public interface IncomingWrite {
    /**
     * What earlier attempts of the same write have left.
     *
     * @param bytes their number; the client continues behind them
     * @param crc32c their checksum; empty if the file has already been written
     */
    record Kept(long bytes, Optional<Integer> crc32c) {}

    /**
     * Requests the permit of a long write, whose client sends no content before it has one. Does not block.
     *
     * @param onPermit runs once the permit is granted, at once or later on another thread; it must not block, and must lead to a call of
     *     {@link #open}
     * @throws org.craq.wire.CraqException NOT_HEAD, NOT_SERVING, NO_CHAIN
     */
    void await(Runnable onPermit);

    /** Returns true while the write waits for its permit. */
    boolean waits();

    /** Returns true while the write has a permit that others may be waiting for. */
    boolean holdsPermit();

    /**
     * Makes the write ready to take chunks. No effect on one that was abandoned.
     *
     * @throws org.craq.wire.CraqException NOT_HEAD, NOT_SERVING, NO_CHAIN, OVERLOADED; of a resumable write also UPLOAD_LOCKED,
     *     UPLOAD_EXPIRED, WRITE_ID_REUSED
     */
    void open();

    /** Returns what is kept of a resumable write that is open; empty for any other. */
    Optional<Kept> kept();

    /**
     * Takes the next chunk, which has arrived completely.
     *
     * @param offset of the chunk's first byte in the content
     * @throws org.craq.wire.CraqException INVALID_ARGUMENT when the chunk has a wrong size or offset, CHECKSUM_MISMATCH, OVERLOADED when a
     *     long write has not waited for a permit and none is free, or the store's error
     */
    void chunk(long offset, ByteBuffer data, int crc32c);

    /**
     * Takes the next chunk while it arrives.
     *
     * @throws IOException when it does not arrive completely
     * @throws org.craq.wire.CraqException as for a chunk that has arrived completely
     */
    void chunk(int length, int crc32c, ServedConnection from) throws IOException;

    /** Runs the step once the next chunk may be sent here. */
    void whenReady(Runnable step);

    /**
     * Blocks until the next chunk may be sent here.
     *
     * @throws org.craq.wire.CraqException NOT_SERVING when the chain accepts no more bytes
     */
    void awaitReady();

    /**
     * Submits the write's entry to the log. The future completes when the write is durable on every serving member, or has failed.
     *
     * @param length of the whole content, as the client stated it
     * @param crc32c of the whole content, as the client stated it
     * @throws org.craq.wire.CraqException CHECKSUM_MISMATCH, STORAGE_FULL
     */
    CompletableFuture<FileWrites.Done> finish(long length, int crc32c);

    /** Ends the write at the client's request; nothing of it remains, including what earlier attempts have left. */
    void discard();

    /**
     * Ends the write early. What has arrived of a resumable write is kept; nothing remains of any other. No effect on one that is finished.
     * Idempotent.
     */
    void abandon();
}
