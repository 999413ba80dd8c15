package org.craq.node.uploads;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.craq.core.replica.WriteOutcome;
import org.craq.node.files.FileStore;
import org.craq.node.files.Upload;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.content.Checksum;

/**
 * The one request that may write to an upload at the moment. The received bytes are stored as a part whenever there are
 * {@value #PART_BYTES} of them, or a 200th of the whole if that is more, and when the request ends, also by a broken connection. While
 * one part becomes durable, the next one is already received; its entry is submitted only when that of the part before has been decided,
 * so that parts have no gaps.
 *
 * <p>States: open -> ended. A later request, on another thread, can take over from one whose client is silent. The bytes received so
 * far are then kept, and the silent request fails when it tries to continue.
 */
final class PartWriter {
    /** Upper limit of a part; a larger value would lose more with the head, a smaller one would need more log entries. */
    static final long PART_BYTES = 64L << 20;

    /** Keeps the parts of a very long upload below the maximum number of contents of a body, with some reserve for interruptions. */
    private static final int MOST_PARTS = 200;

    private static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(3);

    private final UploadStore store;
    private Optional<UploadState> state = Optional.empty();
    private Optional<Parts> parts = Optional.empty();
    private Optional<Upload> part = Optional.empty();
    /** The part that is becoming durable. */
    private Optional<CompletableFuture<WriteOutcome>> keeping = Optional.empty();

    private long offset;
    private long partBytes = PART_BYTES;
    private boolean atOnce;
    private boolean ended;
    private volatile boolean joining;
    private volatile long movedAt = System.nanoTime();

    /** Opens the part that begins at an offset. */
    interface Parts {
        Upload open(UploadState state, long offset);
    }

    PartWriter(UploadStore store) {
        this.store = store;
    }

    /**
     * Prepares for receiving bytes.
     *
     * @param from the upload to write to
     * @param opens opens each part
     * @param checked true if nothing may be kept before the whole request has arrived and its checksum is correct
     */
    synchronized void begin(UploadState from, Parts opens, boolean checked) {
        state = Optional.of(from);
        parts = Optional.of(opens);
        offset = from.offset();
        partBytes = Math.max(PART_BYTES, from.plan().length().orElse(0) / MOST_PARTS);
        atOnce = checked;
    }

    /** Appends the next bytes, a full chunk unless they are the last, as {@link #append(ByteBuffer, int)} does. */
    void append(ByteBuffer bytes) {
        append(bytes, Checksum.of(bytes));
    }

    /**
     * Appends the next bytes, a full chunk unless they are the last. The upload takes ownership of a buffer of up to 64 KiB.
     *
     * @param crc32c checksum according to the sender
     */
    void append(ByteBuffer bytes, int crc32c) {
        Upload open;
        synchronized (this) {
            checkTurn();
            keepFull();
            open = open();
            open.append(open.length(), bytes, crc32c);
            moved();
        }
        open.awaitReady();
    }

    private void keepFull() {
        if (!atOnce && part.filter(full -> full.length() >= partBytes).isPresent()) {
            keep();
        }
    }

    private Upload open() {
        Upload open = part.orElseGet(() -> parts.orElseThrow().open(state.orElseThrow(), offset));
        part = Optional.of(open);
        return open;
    }

    /** Takes a permit for more than 64 KiB; throws OVERLOADED when none becomes free in time. */
    synchronized void awaitPermit() {
        checkTurn();
        keepFull();
        open().awaitPermit();
        moved();
    }

    /** Ends the request; all bytes received are durable when this returns. */
    synchronized void finish() {
        checkTurn();
        ended = true;
        keep();
        awaitKept();
    }

    /** Submits the entry of the current part, once the one before is durable. */
    private void keep() {
        awaitKept();
        if (part.isPresent()) {
            Upload closing = part.get();
            keeping = Optional.of(closing.finish(closing.length(), closing.crc32c()));
            part = Optional.empty();
            offset += closing.length();
            moved();
        }
    }

    private void awaitKept() {
        if (keeping.isPresent()) {
            CompletableFuture<WriteOutcome> outcome = keeping.get();
            keeping = Optional.empty();
            moved();
            store.conclude(state.orElseThrow(), FileStore.await(outcome));
            moved();
        }
    }

    private void checkTurn() {
        if (ended) {
            throw new CraqException(
                    ErrorCode.UPLOAD_LOCKED,
                    "a later request has taken over this upload, as no more bytes were arriving");
        }
    }

    /** Ends the request and discards the current part; has no effect once the request has ended. */
    synchronized void abandon() {
        ended = true;
        part.ifPresent(Upload::abandon);
        part = Optional.empty();
    }

    /** Ends the request on behalf of another one, and keeps the bytes that may be kept. */
    synchronized void takeOver() {
        if (!ended && !atOnce) {
            finish();
        }
        abandon();
    }

    /** Marks that the file is being assembled, so that the request counts as busy. */
    void joining() {
        joining = true;
    }

    void moved() {
        movedAt = System.nanoTime();
    }

    /** False when the client seems to be gone. */
    boolean busy() {
        return joining || System.nanoTime() - movedAt < SILENCE_NANOS;
    }
}
