package org.craq.node.uploads;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.craq.node.files.Upload;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/**
 * The one request that may write to an upload now. What has come is kept as a part every {@value #PART_BYTES} bytes, or a 200th of the whole, and when the
 * request ends, also when its connection breaks.
 *
 * <p>States: open -> ended. A request whose client is silent can be ended by a later one, from another thread; then what has come is
 * kept, and the silent one finds that it has lost its turn.
 */
final class PartWriter {
    /** What the death of the head costs at most; more would be lost, less would be more entries in the log. */
    static final long PART_BYTES = 64L << 20;

    /** So that the parts of a very long upload still make a body, with some room for breaks. */
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
     * Bytes are to come.
     *
     * @param checked nothing is kept before all has come and its checksum is right
     */
    synchronized void begin(UploadState from, boolean checked) {
        state = Optional.of(from);
        offset = from.offset();
        partBytes = Math.max(PART_BYTES, from.plan().length().orElse(0) / MOST_PARTS);
        atOnce = checked;
    }

    /** The next bytes, a chunk unless they are the last; they belong to the upload from now on. */
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

    /** More than 64 KiB are to come next; raises OVERLOADED when there is no memory for them for too long. */
    synchronized void awaitTurn() {
        checkTurn();
        if (!atOnce && part.filter(full -> full.length() >= partBytes).isPresent()) {
            keep();
        }
        open().awaitTurn();
        moved();
    }

    /** Ends the turn; all that has come is durable then. */
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
                    ErrorCode.UPLOAD_LOCKED, "a later request has taken over this upload, as nothing came any more");
        }
    }

    /** Ends the turn without keeping what is under way; does nothing after its end. */
    synchronized void abandon() {
        ended = true;
        part.ifPresent(Upload::abandon);
        part = Optional.empty();
    }

    /** For another request: ends the turn and keeps what may be kept. */
    synchronized void takeOver() {
        if (!ended && !atOnce) {
            finish();
        }
        abandon();
    }

    /** From here on the file is being put together. */
    void joining() {
        joining = true;
    }

    void moved() {
        movedAt = System.nanoTime();
    }

    /** False when its client seems to be gone. */
    boolean busy() {
        return joining || System.nanoTime() - movedAt < SILENCE_NANOS;
    }
}
