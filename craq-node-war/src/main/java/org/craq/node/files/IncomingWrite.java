package org.craq.node.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.craq.node.content.ComingChunk;
import org.craq.node.content.ServedConnection;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.content.ChunkBuffers;

/**
 * Receives one streamed write, with rules that are the same for gRPC and the content port: both translate their messages into calls of this
 * class. Calls must not overlap; {@link #waits} and {@link #holdsPermit} may be called by any thread.
 *
 * <p>States: new -> waiting for a permit -> open -> finished | abandoned. A short write needs no permit, and a client may choose to fail
 * instead of waiting for one; both skip the second state. A write that is not finished leaves nothing behind.
 */
public final class IncomingWrite {
    private final FileWrites writes;
    private final Appends appends;
    private final UploadPermits permits;
    private final ChunkBuffers memory;
    private final NewFile file;
    private final boolean adds;
    /** The permit that the client has asked for; one that is taken without being asked for belongs to the upload. */
    private volatile Optional<UploadPermits.Permit> permit = Optional.empty();

    private volatile Optional<Upload> upload = Optional.empty();
    private volatile boolean ended;

    /**
     * Begins the writes that clients send to this node. Thread-safe.
     *
     * @param memory buffers for long chunks while they arrive
     */
    public record Receiver(FileWrites writes, Appends appends, UploadPermits permits, ChunkBuffers memory) {
        /**
         * Begins a write of which only the header has arrived.
         *
         * @param adds whether its bytes are appended to the file
         */
        public IncomingWrite begin(NewFile file, boolean adds) {
            return new IncomingWrite(this, file, adds);
        }
    }

    private IncomingWrite(Receiver receiver, NewFile file, boolean adds) {
        this.writes = receiver.writes();
        this.appends = receiver.appends();
        this.permits = receiver.permits();
        this.memory = receiver.memory();
        this.file = file;
        this.adds = adds;
    }

    /**
     * Requests the permit of a long write, whose client sends no content before it has one. Does not block.
     *
     * @param onPermit runs once the permit is granted, at once or later on another thread; it must not block, and must lead to a call of
     *     {@link #open}
     * @throws CraqException NOT_HEAD, NOT_SERVING, NO_CHAIN
     */
    public void await(Runnable onPermit) {
        writes.headDriver();
        permit = Optional.of(permits.take(onPermit));
    }

    /** Returns true while the write waits for its permit. */
    public boolean waits() {
        return permit.isPresent() && upload.isEmpty() && !ended;
    }

    /** Returns true while the write has a permit that others may be waiting for. */
    public boolean holdsPermit() {
        return !ended
                && upload.filter(open -> permit.isPresent() || open.holdsPermit())
                        .isPresent();
    }

    /**
     * Makes the write ready to take chunks. No effect on one that was abandoned.
     *
     * @throws CraqException NOT_HEAD, NOT_SERVING, NO_CHAIN, OVERLOADED
     */
    public void open() {
        if (!ended) {
            Supplier<UploadPermits.Permit> granted = () -> permit.orElseGet(permits::takeNow);
            upload = Optional.of(adds ? appends.upload(file, granted) : writes.upload(file, granted));
        }
    }

    private Upload opened() {
        return upload.filter(open -> !ended)
                .orElseThrow(() -> new CraqException(ErrorCode.UPLOAD_ABANDONED, "the write is not open"));
    }

    /**
     * Takes the next chunk, which has arrived completely.
     *
     * @param offset of the chunk's first byte in the content
     * @throws CraqException INVALID_ARGUMENT when the chunk has a wrong size or offset, CHECKSUM_MISMATCH, OVERLOADED when a long write has
     *     not waited for a permit and none is free, or the store's error
     */
    public void chunk(long offset, ByteBuffer data, int crc32c) {
        opened().append(offset, data, crc32c);
    }

    /**
     * Takes the next chunk while it arrives.
     *
     * @throws IOException when it does not arrive completely
     * @throws CraqException as for a chunk that has arrived completely
     */
    public void chunk(int length, int crc32c, ServedConnection from) throws IOException {
        Upload open = opened();
        if (length <= UploadPermits.SHORT_BYTES) {
            // Not a pooled buffer: a short content's bytes may be kept until they travel with the entry.
            ByteBuffer bytes = ByteBuffer.allocate(length);
            from.read(bytes);
            open.append(open.length(), bytes.flip(), crc32c);
            return;
        }
        open.awaitPermit();
        from.holdsPermit();
        try (ComingChunk chunk = new ComingChunk(memory, length, crc32c)) {
            open.append(chunk, from);
        }
    }

    /** Runs the step once the next chunk may be sent here. */
    public void whenReady(Runnable step) {
        opened().whenReady(step);
    }

    /**
     * Blocks until the next chunk may be sent here.
     *
     * @throws CraqException NOT_SERVING when the chain accepts no more bytes
     */
    public void awaitReady() {
        opened().awaitReady();
    }

    /**
     * Submits the write's entry to the log. The future completes when the write is durable on every serving member, or has failed.
     *
     * @param length of the whole content, as the client stated it
     * @param crc32c of the whole content, as the client stated it
     * @throws CraqException CHECKSUM_MISMATCH, STORAGE_FULL
     */
    public CompletableFuture<FileWrites.Done> finish(long length, int crc32c) {
        try {
            return opened().finish(length, crc32c)
                    .thenApply(outcome -> writes.done(file.name(), outcome))
                    .whenComplete((done, failure) -> end());
        } catch (RuntimeException e) {
            abandon();
            throw e;
        }
    }

    /** Ends the write, of which nothing remains; no effect on one that is finished. Idempotent. */
    public void abandon() {
        upload.ifPresent(Upload::abandon);
        end();
    }

    private void end() {
        ended = true;
        permit.ifPresent(UploadPermits.Permit::close);
    }
}
