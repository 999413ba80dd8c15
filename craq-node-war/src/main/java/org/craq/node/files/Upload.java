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
 * One file on its way in: chunks of one size and a shorter last one, then {@link #finish}. Calls must not overlap.
 *
 * <p>States: open -> finished | abandoned. Whatever is not finished leaves nothing behind.
 */
public final class Upload {
    private final ContentId id;
    private final int chunkSize;
    private final ContentRelay relay;
    private final Function<Content, CompletableFuture<WriteOutcome>> place;
    private final LongConsumer onBytes;
    private final Runnable onEnd;
    private final Supplier<UploadPermits.Turn> turns;
    private final ContentChecksum crc = new ContentChecksum();
    private long length;
    private volatile Optional<UploadPermits.Turn> turn = Optional.empty();
    private boolean ended;

    Upload(
            ContentId id,
            int chunkSize,
            ContentRelay relay,
            Function<Content, CompletableFuture<WriteOutcome>> place,
            LongConsumer onBytes,
            Runnable onEnd,
            Supplier<UploadPermits.Turn> turns) {
        this.id = id;
        this.chunkSize = chunkSize;
        this.relay = relay;
        this.place = place;
        this.onBytes = onBytes;
        this.onEnd = onEnd;
        this.turns = turns;
    }

    public int chunkSize() {
        return chunkSize;
    }

    public long length() {
        return length;
    }

    /**
     * Takes the next chunk, all of which is there.
     *
     * @throws CraqException INVALID_ARGUMENT when the chunk has a wrong size or place, CHECKSUM_MISMATCH, OVERLOADED when
     *     there is no memory for more, or what the store says; the upload is then abandoned
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
     * Takes the next chunk, of more than 64 KiB, while it comes.
     *
     * @throws IOException when it does not come whole; the upload is then abandoned
     * @throws CraqException as for a chunk that is all there
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
     * For senders that have a thread to wait with: more than 64 KiB will come, and memory for a chunk is taken now.
     *
     * @throws CraqException OVERLOADED when others are in front for too long; the upload is then abandoned
     */
    public void awaitTurn() {
        try {
            takeTurn();
        } catch (RuntimeException e) {
            abandon();
            throw e;
        }
    }

    public boolean holdsTurn() {
        return turn.isPresent();
    }

    private void takeTurn() {
        if (turn.isEmpty()) {
            turn = Optional.of(turns.get());
        }
    }

    private void admit(long offset, int size) {
        check(offset, size);
        if (length + size > UploadPermits.SHORT_BYTES) {
            takeTurn();
        }
    }

    private void taken(int size, int crc32c) {
        crc.add(crc32c, size);
        length += size;
        onBytes.accept(size);
    }

    /** The next chunk from a sender that has no checksum of it; the bytes belong to the upload from now on. */
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

    /** CRC32C of what came so far. */
    public int crc32c() {
        return crc.value();
    }

    /** Runs the step once the next chunk may come. */
    public void whenReady(Runnable step) {
        relay.whenReady(step);
    }

    /**
     * For senders that have a thread to wait with: the successor takes more, or is passed over after a while.
     *
     * @throws CraqException NOT_SERVING when it took too long; the upload is then abandoned
     */
    public void awaitReady() {
        if (relay.awaitReady()) {
            return;
        }
        abandon();
        throw new CraqException(ErrorCode.NOT_SERVING, "the chain took no more bytes; nothing was written");
    }

    /**
     * Asks for the file's place; completes when it is durable on every serving member, or has failed.
     *
     * @param announcedLength what the client says it sent
     * @throws CraqException CHECKSUM_MISMATCH when something else arrived, STORAGE_FULL when a member has no room for it; the
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

    /** Only a write that certainly has no entry is undone; one whose fate is unknown keeps its bytes. */
    private void settle(WriteOutcome outcome, Throwable failure) {
        end();
        if (failure != null || outcome instanceof WriteOutcome.Unknown || uses(outcome)) {
            relay.complete();
        } else {
            relay.abandon();
        }
    }

    /** False for the result of an earlier try, and for one that has copied these bytes into another content. */
    private boolean uses(WriteOutcome outcome) {
        return outcome instanceof WriteOutcome.Written written
                && written.operations().stream()
                        .filter(Operation.Put.class::isInstance)
                        .flatMap(put -> ((Operation.Put) put).body().contents().stream())
                        .anyMatch(content -> content.id().equals(id));
    }

    /** The client is gone, or what it sent is wrong. */
    public void abandon() {
        if (!ended) {
            ended = true;
            end();
            relay.abandon();
        }
    }

    private void end() {
        onEnd.run();
        turn.ifPresent(UploadPermits.Turn::close);
    }
}
