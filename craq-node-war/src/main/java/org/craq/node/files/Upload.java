package org.craq.node.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.craq.core.file.Content;
import org.craq.core.file.ContentId;
import org.craq.core.replica.Operation;
import org.craq.core.replica.WriteOutcome;
import org.craq.node.content.ComingChunk;
import org.craq.node.content.ServedConnection;
import org.craq.node.replication.ContentRelay;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.content.Checksum;
import org.craq.wire.content.ContentChecksum;

/**
 * One content that is being received: chunks of one size, of which the last may be shorter, then {@link #finish}. Calls must not
 * overlap.
 *
 * <p>States: open -> finished | abandoned. An upload that is not finished leaves nothing behind.
 */
public final class Upload {
    private final ContentId id;
    private final int chunkSize;
    private final ContentRelay relay;
    private final Function<Content, CompletableFuture<WriteOutcome>> place;
    private final LongConsumer onBytes;
    private final Runnable onEnd;
    private final Supplier<UploadPermits.Permit> permits;
    private final Quotas.Claim quota;
    private final ContentChecksum crc = new ContentChecksum();
    private long length;
    /** Bytes for which quotas have room. */
    private long granted;

    private volatile Optional<UploadPermits.Permit> permit = Optional.empty();
    private boolean ended;

    Upload(
            ContentId id,
            int chunkSize,
            ContentRelay relay,
            Function<Content, CompletableFuture<WriteOutcome>> place,
            LongConsumer onBytes,
            Runnable onEnd,
            Supplier<UploadPermits.Permit> permits,
            Quotas.Claim quota) {
        this.id = id;
        this.chunkSize = chunkSize;
        this.relay = relay;
        this.place = place;
        this.onBytes = onBytes;
        this.onEnd = onEnd;
        this.permits = permits;
        this.quota = quota;
    }

    public int chunkSize() {
        return chunkSize;
    }

    public long length() {
        return length;
    }

    /**
     * Appends the next chunk, which has been received completely.
     *
     * @throws CraqException INVALID_ARGUMENT when the chunk has a wrong length or offset, CHECKSUM_MISMATCH, OVERLOADED when
     *     there is no memory for more, QUOTA_EXCEEDED, or an error of the chunk store; the upload is then abandoned
     */
    public void append(long offset, ByteBuffer data, int crc32c) {
        int size = data.remaining();
        try {
            admit(offset, size);
            relay.append(data, crc32c);
        } catch (RuntimeException e) {
            abandon();
            throw e;
        }
        taken(size, crc32c);
    }

    /**
     * Appends the next chunk, of more than 64 KiB, while it is still being received.
     *
     * @throws IOException when it does not arrive completely; the upload is then abandoned
     * @throws CraqException as {@link #append(long, ByteBuffer, int)} does
     */
    public void append(ComingChunk chunk, ServedConnection connection) throws IOException {
        try {
            admit(length, chunk.length());
            relay.append(chunk, connection);
        } catch (IOException | RuntimeException e) {
            abandon();
            throw e;
        }
        taken(chunk.length(), chunk.crc32c());
    }

    /**
     * Takes a permit for more than 64 KiB now. May block, depending on how the upload was opened.
     *
     * @throws CraqException OVERLOADED when no permit becomes free in time; the upload is then abandoned
     */
    public void awaitPermit() {
        try {
            takePermit();
        } catch (RuntimeException e) {
            abandon();
            throw e;
        }
    }

    public boolean holdsPermit() {
        return permit.isPresent();
    }

    private void takePermit() {
        if (permit.isEmpty()) {
            permit = Optional.of(permits.get());
        }
    }

    private void admit(long offset, int size) {
        check(offset, size);
        require(length + size);
        if (length + size > UploadPermits.SHORT_BYTES) {
            takePermit();
        }
    }

    /**
     * Says how long the content will be, so that one for which a quota has no room is refused before it is sent.
     *
     * @throws CraqException QUOTA_EXCEEDED, or NOT_SERVING while this node is counting; the upload is then abandoned
     */
    public void announce(long bytes) {
        try {
            require(bytes);
        } catch (RuntimeException e) {
            abandon();
            throw e;
        }
    }

    private void require(long bytes) {
        if (bytes > granted) {
            quota.take(bytes - granted);
            granted = bytes;
        }
    }

    private void taken(int size, int crc32c) {
        crc.add(crc32c, size);
        length += size;
        onBytes.accept(size);
    }

    /** Appends the next chunk from a sender that has no checksum for it. The upload takes ownership of the buffer. */
    public void append(ByteBuffer bytes) {
        append(length, bytes, Checksum.of(bytes));
    }

    private void check(long offset, int size) {
        if (ended) {
            throw new CraqException(ErrorCode.UPLOAD_ABANDONED, "the upload has ended");
        }
        if (offset != length) {
            throw new CraqException(
                    ErrorCode.INVALID_ARGUMENT,
                    "a fragment came at offset " + offset + " where " + length + " was due");
        }
        if (size == 0 || size > chunkSize) {
            throw new CraqException(
                    ErrorCode.INVALID_ARGUMENT, "a fragment has " + size + " bytes; it must have 1 to " + chunkSize);
        }
        if (length % chunkSize != 0) {
            throw new CraqException(
                    ErrorCode.INVALID_ARGUMENT, "only the last fragment may be shorter than " + chunkSize + " bytes");
        }
    }

    /** Returns the CRC32C of all bytes received so far. */
    public int crc32c() {
        return crc.value();
    }

    /** Runs the step once the next chunk may be appended. */
    public void whenReady(Runnable step) {
        relay.whenReady(step);
    }

    /**
     * Blocks until the next chunk may be appended. A successor that accepts nothing for too long is bypassed.
     *
     * @throws CraqException NOT_SERVING when this took too long; the upload is then abandoned
     */
    public void awaitReady() {
        if (relay.awaitReady()) {
            return;
        }
        abandon();
        throw new CraqException(ErrorCode.NOT_SERVING, "the chain accepted no more bytes; nothing was written");
    }

    /**
     * Requests a place in the log for the content. The result completes when the write is durable on every serving member, or has
     * failed.
     *
     * @param announcedLength number of bytes that the client says it sent
     * @param announcedCrc32c their CRC32C according to the client
     * @throws CraqException CHECKSUM_MISMATCH when something else arrived, STORAGE_FULL when a member has no space for it; the
     *     upload is then abandoned
     */
    public CompletableFuture<WriteOutcome> finish(long announcedLength, int announcedCrc32c) {
        if (ended) {
            throw new CraqException(ErrorCode.UPLOAD_ABANDONED, "the upload has ended");
        }
        if (announcedLength != length || announcedCrc32c != crc32c()) {
            abandon();
            throw new CraqException(
                    ErrorCode.CHECKSUM_MISMATCH,
                    String.format(
                            "%d bytes with CRC32C %08x arrived, but %d with %08x were announced",
                            length, crc32c(), announcedLength, announcedCrc32c));
        }
        try {
            relay.checkRoom();
            relay.finish();
        } catch (CraqException e) {
            abandon();
            throw e;
        }
        ended = true;
        CompletableFuture<WriteOutcome> outcome;
        try {
            outcome = place.apply(new Content(id, chunkSize, length, crc32c()));
        } catch (RuntimeException e) {
            settle(null, e);
            throw e;
        }
        return outcome.whenComplete(this::settle);
    }

    /** Discards the bytes only if the log certainly has no entry that uses them; if the outcome is unknown, they stay. */
    private void settle(WriteOutcome outcome, Throwable failure) {
        end();
        if (failure != null || outcome instanceof WriteOutcome.Unknown || uses(outcome)) {
            quota.settle(outcome, failure);
            relay.complete();
        } else {
            quota.release();
            relay.abandon();
        }
    }

    /** False for the result of an earlier attempt, and for an append that has copied these bytes into another content. */
    private boolean uses(WriteOutcome outcome) {
        return outcome instanceof WriteOutcome.Written written
                && written.operations().stream()
                        .filter(Operation.Put.class::isInstance)
                        .flatMap(put -> ((Operation.Put) put).body().contents().stream())
                        .anyMatch(content -> content.id().equals(id));
    }

    /** Discards the upload because the client is gone or sent something wrong. Idempotent; does nothing after {@link #finish}. */
    public void abandon() {
        if (!ended) {
            ended = true;
            end();
            quota.release();
            relay.abandon();
        }
    }

    private void end() {
        onEnd.run();
        permit.ifPresent(UploadPermits.Permit::close);
    }
}
