package org.craq.node.uploads;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.craq.core.file.Content;
import org.craq.node.files.Contents;
import org.craq.node.files.FileStore;
import org.craq.node.files.FileWrites;
import org.craq.node.files.SharedContents;
import org.craq.node.files.UploadPermits;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/**
 * Resumable uploads, on the head. A reported offset never goes back, as it counts only bytes that are durable on every serving member.
 * When all bytes have arrived, the file is written under its name exactly once, by that request or the next one.
 */
public final class ResumableUploads {
    private final UploadStore store;
    private final UploadLocks turns;
    private final Duration lifetime;
    private final UploadAges ages = new UploadAges(UploadAges.MOST);
    private final Sweep sweep;

    /**
     * Manages the uploads of one node.
     *
     * @param lifetime how long an upload is kept after it was last resumed
     * @param epoch supplies the epoch in which this node acts
     */
    public ResumableUploads(
            FileStore files,
            FileWrites writes,
            SharedContents shared,
            Contents contents,
            Duration lifetime,
            LongSupplier epoch) {
        this.store = new UploadStore(files, writes, shared, contents);
        this.turns = new UploadLocks(() -> new PartWriter(store));
        this.lifetime = lifetime;
        this.sweep = new Sweep(store, this::expired, ages, lifetime, epoch);
    }

    /**
     * The bytes of one request.
     *
     * @param offset where in the upload they begin
     * @param announced the body's length, if the client announced it
     * @param newLength length of the whole upload, if this request states it
     * @param checksum digest of the body, if the client sent it
     */
    public record Delivery(
            long offset,
            OptionalLong announced,
            OptionalLong newLength,
            Optional<PartChecksum> checksum,
            InputStream body) {}

    /** Decides whether a caller may see and continue an upload. */
    public interface Right {
        /**
         * Fails if the caller may not.
         *
         * @throws CraqException NOT_FOUND, PERMISSION_DENIED, NOT_SERVING
         */
        void check(UploadPlan plan);
    }

    /** Creates an upload. That of an empty file is complete at once. */
    public UploadState create(UploadPlan plan) {
        UploadState made = create(new UploadId(UUID.randomUUID()), plan);
        return made.ready() ? completed(made.id(), allowed -> {}) : made;
    }

    private UploadState create(UploadId id, UploadPlan plan) {
        sweep.know();
        ages.checkRoom();
        UploadState made = store.create(id, plan);
        ages.note(made);
        return made;
    }

    /**
     * Returns the state of an upload; completes it first if all of its bytes have arrived.
     *
     * @throws CraqException NOT_FOUND, UPLOAD_EXPIRED, UPLOAD_LOCKED
     */
    public UploadState look(UploadId id, Right right) {
        right.check(load(id).plan());
        turns.settle(id);
        UploadState state = load(id);
        return state.ready() ? completed(id, right) : state;
    }

    private UploadState completed(UploadId id, Right right) {
        PartWriter turn = turns.take(id);
        try {
            return complete(load(id), turn, right);
        } finally {
            turns.release(id, turn);
        }
    }

    private UploadState complete(UploadState state, PartWriter turn, Right right) {
        if (!state.ready()) {
            return state;
        }
        // The bytes may have taken long to arrive.
        right.check(state.plan());
        turn.joining();
        store.join(state, turn::moved);
        UploadState joined = store.load(state.id());
        ages.note(joined);
        return joined;
    }

    /** Stores the bytes of a request and returns the state of the upload after them. */
    public UploadState receive(UploadId id, Delivery delivery, Right right) {
        // Before the lock is taken, so that nobody else can interrupt a request that holds it.
        right.check(load(id).plan());
        PartWriter turn = turns.take(id);
        try {
            UploadState state = load(id);
            check(state, delivery);
            if (delivery.newLength().isPresent() && state.plan().length().isEmpty()) {
                state = store.knowLength(state, delivery.newLength().getAsLong());
            }
            turn.begin(state, store::open, delivery.checksum().isPresent());
            fill(turn, delivery, state.plan().length().orElse(UploadPlan.MAX_LENGTH) - delivery.offset());
            UploadState now = store.load(id);
            ages.note(now);
            return complete(now, turn, right);
        } finally {
            turn.abandon();
            turns.release(id, turn);
        }
    }

    /** Refuses, on any node before it forwards the bytes, what the head would refuse anyway. */
    public void check(UploadId id, Delivery delivery, Right right) {
        UploadState state = load(id);
        right.check(state.plan());
        check(state, delivery);
    }

    private static void check(UploadState state, Delivery delivery) {
        if (delivery.offset() != state.offset()) {
            throw new CraqException(
                    ErrorCode.OFFSET_MISMATCH,
                    "the upload is at offset " + state.offset() + ", not at " + delivery.offset());
        }
        OptionalLong known = state.plan().length();
        OptionalLong told = delivery.newLength();
        if (known.isPresent() && told.isPresent() && !known.equals(told)) {
            throw new CraqException(
                    ErrorCode.INVALID_ARGUMENT,
                    "Upload-Length is already " + known.getAsLong() + " and can't be changed");
        }
        long length = told.isPresent() ? told.getAsLong() : known.orElse(UploadPlan.MAX_LENGTH);
        if (length < state.offset()) {
            throw new CraqException(
                    ErrorCode.INVALID_ARGUMENT,
                    "Upload-Length is less than what has been sent, " + state.offset() + " bytes");
        }
        checkSize(delivery.announced().orElse(0), length - state.offset());
    }

    private static void checkSize(long bytes, long room) {
        if (bytes > room) {
            throw new CraqException(
                    ErrorCode.CONTENT_TOO_LARGE,
                    "the body exceeds the upload's length; only " + room + " bytes are missing");
        }
    }

    /** Stores the body. If the connection breaks, the bytes received are kept, unless the body has a checksum. */
    private static void fill(PartWriter turn, Delivery delivery, long room) {
        Optional<PartChecksum> checksum = delivery.checksum();
        long received = 0;
        while (true) {
            // One byte more than the upload can take shows that the body is too long.
            int size = (int) Math.min(Content.MAX_CHUNK_SIZE, room - received + 1);
            Piece piece = Piece.read(delivery.body(), size, turn::moved, turn::awaitPermit);
            received += piece.length();
            checkSize(received, room);
            if (piece.broken().isPresent() && checksum.isPresent()) {
                throw broken(piece.broken().get());
            }
            checksum.ifPresent(running -> running.update(piece.bytes()));
            if (piece.length() > 0) {
                turn.append(piece.bytes());
            }
            if (piece.length() < size || piece.broken().isPresent()) {
                checksum.ifPresent(PartChecksum::check);
                turn.finish();
                piece.broken().ifPresent(failure -> {
                    throw broken(failure);
                });
                return;
            }
        }
    }

    private static CraqException broken(IOException failure) {
        return new CraqException(
                ErrorCode.UPLOAD_ABANDONED, "the body ended early; send HEAD to see how much was kept", failure);
    }

    private UploadState load(UploadId id) {
        UploadState state = store.load(id);
        if (expired(state)) {
            throw new CraqException(
                    ErrorCode.UPLOAD_EXPIRED, "this upload expired at " + expires(state) + "; start a new one");
        }
        return state;
    }

    public Instant expires(UploadState state) {
        return Instant.ofEpochMilli(state.changedAtMillis()).plus(lifetime);
    }

    private boolean expired(UploadState state) {
        return expires(state).isBefore(Instant.now());
    }

    /** Deletes an upload, even while a request is writing to it. If its file has already been written, the file stays. */
    public void terminate(UploadId id, Right right) {
        right.check(load(id).plan());
        terminate(id);
    }

    private void terminate(UploadId id) {
        turns.stop(id);
        store.delete(load(id));
        ages.forget(id);
    }

    /** Deletes expired uploads; called periodically on the head. */
    public void sweep() {
        sweep.run();
    }

    // ---- streamed writes ----

    /**
     * Locks and opens the upload to which a streamed write belongs, and creates it if it does not exist.
     *
     * @param id the write's id
     * @param permit held for the whole write
     * @throws CraqException WRITE_ID_REUSED when the upload is of another file, UPLOAD_LOCKED, UPLOAD_EXPIRED, NOT_FOUND when parts of
     *     an upload with this id are still being deleted
     */
    Streamed stream(UploadId id, UploadPlan plan, UploadPermits.Permit permit) {
        PartWriter turn = turns.take(id);
        boolean begun = false;
        try {
            UploadState state = loadOrCreate(id, plan);
            if (!state.plan().sameAs(plan, id)) {
                throw new CraqException(
                        ErrorCode.WRITE_ID_REUSED,
                        "this write id belongs to an upload of other content or with other options, and nothing was changed; use"
                                + " another id");
            }
            turn.begin(state, (from, offset) -> store.openPart(from, offset, permit), false);
            begun = true;
            return new Streamed(state, turn);
        } finally {
            if (!begun) {
                turns.release(id, turn);
            }
        }
    }

    /** A streamed write's upload as it was when the write began, and the right to continue it. */
    record Streamed(UploadState state, PartWriter turn) {}

    private UploadState loadOrCreate(UploadId id, UploadPlan plan) {
        return store.exists(id) ? load(id) : create(id, plan);
    }

    /** Completes the upload with the bytes received so far, and returns the receipt. */
    FileWrites.Done finish(Streamed streamed, long length, int crc32c) {
        UploadId id = streamed.state().id();
        UploadState state = streamed.state();
        try {
            if (!state.plan().complete()) {
                streamed.turn().finish();
                state = complete(store.load(id), streamed.turn(), allowed -> {});
            }
            return store.receipt(state, length, crc32c);
        } finally {
            streamed.turn().abandon();
            turns.release(id, streamed.turn());
        }
    }

    /** Ends a streamed write early. What has arrived is kept. */
    void suspend(Streamed streamed) {
        try {
            streamed.turn().takeOver();
        } finally {
            turns.release(streamed.state().id(), streamed.turn());
        }
    }

    /** Ends a streamed write and deletes its upload; a file that has already been written stays. */
    void discard(Streamed streamed) {
        UploadId id = streamed.state().id();
        streamed.turn().abandon();
        if (turns.release(id, streamed.turn())) {
            terminate(id);
        }
    }
}
