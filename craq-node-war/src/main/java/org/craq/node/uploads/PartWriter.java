package org.craq.node.uploads;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.craq.node.files.Upload;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/**
 * The one request that may write to an upload at the moment. The received bytes are stored as a part whenever there are
 * {@value #PART_BYTES} of them, or a 200th of the whole if that is more, and when the request ends, also by a broken connection.
 *
 * <p>States: open -> ended. A later request, on another thread, can take over from one whose client is silent. The bytes received so
 * far are then kept, and the silent request fails when it tries to continue.
 */
final class PartWriter {
    /** Upper limit of what the loss of the head costs; a larger value would lose more, a smaller one would need more log entries. */
    static final long PART_BYTES = 64L << 20;

    /** Keeps the parts of a very long upload below the maximum number of contents of a body, with some reserve for interruptions. */
    private static final int MOST_PARTS = 200;

    private static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(3);

    private final UploadStore store;
    private Optional<UploadState> state = Optional.empty();
    private Optional<Upload> part = Optional.empty();
    private long offset;
    private long partBytes = PART_BYTES;
    private boolean atOnce;
    private boolean ended;
    private volatile boolean joining;
    private volatile long movedAt = System.nanoTime();

    PartWriter(UploadStore store) {
        this.store = store;
    }

    /**
     * Prepares for receiving bytes.
     *
     * @param from the upload to write to
     * @param checked true if nothing may be kept before the whole request has arrived and its checksum is correct
     */
    synchronized void begin(UploadState from, boolean checked) {
        state = Optional.of(from);
        offset = from.offset();
        partBytes = Math.max(PART_BYTES, from.plan().length().orElse(0) / MOST_PARTS);
        atOnce = checked;
    }

    /** Appends the next bytes, a full chunk unless they are the last. The upload takes ownership of the buffer. */
    void append(ByteBuffer bytes) {
        Upload open;
        synchronized (this) {
            checkTurn();
            if (!atOnce && part.filter(full -> full.length() >= partBytes).isPresent()) {
                keep();
            }
            open = open();
            open.append(bytes);
            moved();
        }
        open.awaitReady();
    }

    private Upload open() {
        Upload open = part.orElseGet(() -> store.open(state.orElseThrow(), offset));
        part = Optional.of(open);
        return open;
    }

    /** Takes a permit for more than 64 KiB; throws OVERLOADED when none becomes free in time. */
    synchronized void awaitPermit() {
        checkTurn();
        if (!atOnce && part.filter(full -> full.length() >= partBytes).isPresent()) {
            keep();
        }
        open().awaitPermit();
        moved();
    }

    /** Ends the request; all bytes received are durable when this returns. */
    synchronized void finish() {
        checkTurn();
        ended = true;
        keep();
    }

    private void keep() {
        if (part.isPresent()) {
            Upload closing = part.get();
            part = Optional.empty();
            moved();
            store.finish(state.orElseThrow(), closing);
            offset += closing.length();
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
