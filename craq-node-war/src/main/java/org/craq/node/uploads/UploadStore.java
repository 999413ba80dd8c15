package org.craq.node.uploads;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import org.craq.core.file.Body;
import org.craq.core.file.Content;
import org.craq.core.file.FileName;
import org.craq.core.file.Version;
import org.craq.core.replica.Condition;
import org.craq.core.replica.Freshness;
import org.craq.core.replica.Operation;
import org.craq.core.replica.Write;
import org.craq.core.replica.WriteId;
import org.craq.core.replica.WriteOutcome;
import org.craq.node.files.Appends;
import org.craq.node.files.Contents;
import org.craq.node.files.Cursor;
import org.craq.node.files.FileStore;
import org.craq.node.files.FileWrites;
import org.craq.node.files.Fingerprints;
import org.craq.node.files.Listing;
import org.craq.node.files.NewFile;
import org.craq.node.files.Rechunked;
import org.craq.node.files.RequestedFreshness;
import org.craq.node.files.SharedContents;
import org.craq.node.files.Upload;
import org.craq.node.files.UploadPermits;
import org.craq.node.metadata.FileRecord;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.Errors;

/**
 * Stores uploads as the store's own files: a plan and the parts received so far, one file each. All changes are conditional writes
 * through the head, so that of two concurrent writers one fails, whichever nodes they talk to.
 */
final class UploadStore {
    private static final Logger LOG = System.getLogger(UploadStore.class.getName());

    /** Parts that are shorter on average are copied into one, as they would cost readers more lookups than the copying costs. */
    private static final long SHORT_BYTES = 4L << 20;

    /** Deletions per log entry. */
    private static final int BATCH = 100;

    private static final RequestedFreshness STRONG = new RequestedFreshness(new Freshness.Strong(), Optional.empty());

    private final FileStore files;
    private final FileWrites writes;
    private final SharedContents shared;
    private final Contents contents;

    UploadStore(FileStore files, FileWrites writes, SharedContents shared, Contents contents) {
        this.files = files;
        this.writes = writes;
        this.shared = shared;
        this.contents = contents;
    }

    /** Creates an upload without bytes. Throws OFFSET_MISMATCH if it exists by now. */
    UploadState create(UploadId id, UploadPlan plan) {
        plan.length().ifPresent(length -> writes.requireRoom(plan.file(), length));
        return new UploadState(
                id,
                plan,
                written(id, put(id, plan, List.of(new Condition.IsAbsent(id.plan())))),
                List.of(),
                System.currentTimeMillis());
    }

    /** Records the length of the whole, which the client did not know when it created the upload. */
    UploadState knowLength(UploadState state, long length) {
        UploadPlan plan = state.plan().withLength(length);
        writes.requireRoom(plan.file(), length - state.offset());
        return new UploadState(
                state.id(),
                plan,
                written(state.id(), put(state.id(), plan, List.of(unchanged(state)))),
                state.parts(),
                state.changedAtMillis());
    }

    private WriteOutcome put(UploadId id, UploadPlan plan, List<Condition> conditions) {
        WriteId writeId = new WriteId(UUID.randomUUID());
        return FileStore.await(writes.write(writeId, List.of(put(id, plan, writeId)), conditions));
    }

    private static Operation.Put put(UploadId id, UploadPlan plan, WriteId writeId) {
        return new Operation.Put(id.plan(), writeId, FileWrites.nothing(), "", plan.kept());
    }

    private static Condition unchanged(UploadState state) {
        return new Condition.IsVersion(state.id().plan(), state.version());
    }

    /** Returns the version of a successful write to the upload's files, or throws its failure. */
    private Version written(UploadId id, WriteOutcome outcome) {
        if (outcome instanceof WriteOutcome.ConditionFailed failed
                && failed.name().own()) {
            if (failed.newest().isEmpty()) {
                throw id.unknown();
            }
            throw goneOn();
        }
        if (outcome instanceof WriteOutcome.OtherRequest) {
            // The file has been written, with other bytes than those of this request.
            throw goneOn();
        }
        return writes.done(id.plan(), outcome).version();
    }

    private static CraqException goneOn() {
        return new CraqException(
                ErrorCode.OFFSET_MISMATCH, "another request has written to this upload in the meantime");
    }

    // ---- reading ----

    /**
     * Reads the state of an upload with strong consistency; later requests find at least this state.
     *
     * @throws CraqException NOT_FOUND, or the reason why no strong read can be answered
     */
    UploadState load(UploadId id) {
        List<FileRecord> found = files(id);
        if (found.isEmpty() || !id.isPlan(found.get(0).name())) {
            throw id.unknown();
        }
        return UploadState.of(id, found.get(0), found.subList(1, found.size()));
    }

    /** Returns true if there is an upload with this id, or parts that one has left. */
    boolean exists(UploadId id) {
        return !files(id).isEmpty();
    }

    private List<FileRecord> files(UploadId id) {
        List<FileRecord> found = new ArrayList<>();
        forEach(id.prefix(), found::add);
        return found;
    }

    /** Calls the consumer for each of the store's own files with the prefix, in the order of their names; reads page by page. */
    void forEach(String prefix, Consumer<FileRecord> each) {
        String cursor = "";
        do {
            Listing.Question question = new Listing.Question(prefix, "", Cursor.decode(cursor), FileStore.MAX_PAGE);
            Listing page = FileStore.await(files.list(question, STRONG)).value();
            page.files().forEach(each);
            cursor = page.nextCursor();
        } while (!cursor.isEmpty());
    }

    // ---- bytes ----

    /**
     * Opens an upload for the next bytes. When it is finished, it becomes the file itself if it contains all of its bytes, and a part
     * otherwise. So a file that is sent in one request is not written twice.
     */
    Upload open(UploadState state, long offset) {
        return writes.upload(
                state.plan().file(),
                Content.MAX_CHUNK_SIZE,
                state.plan().owner(),
                content -> offset == 0 && state.plan().length().orElse(-1) == content.length()
                        ? whole(state, Body.of(content))
                        : part(state.id(), offset, content));
    }

    /** Opens an upload that always becomes a part, on behalf of a caller that holds a permit for it. */
    Upload openPart(UploadState state, long offset, UploadPermits.Permit permit) {
        return writes.upload(
                state.plan().file(),
                Content.MAX_CHUNK_SIZE,
                () -> permit,
                content -> part(state.id(), offset, content));
    }

    private static Write part(UploadId id, long offset, Content content) {
        WriteId writeId = new WriteId(UUID.randomUUID());
        FileName name = id.part(offset);
        return new Write(
                writeId,
                List.of(new Operation.Put(name, writeId, content, "", Map.of())),
                List.of(new Condition.Exists(id.plan()), new Condition.IsAbsent(name)),
                System.currentTimeMillis());
    }

    /** Returns the write that creates the file and marks the plan as complete, in one log entry. */
    private static Write whole(UploadState state, Body body) {
        NewFile file = Errors.valid(() -> state.plan().whole(state.id()));
        List<Condition> conditions = new ArrayList<>(file.conditions());
        conditions.add(unchanged(state));
        return new Write(
                        file.writeId(),
                        List.of(file.put(body), put(state.id(), state.plan().completed(), file.writeId())),
                        conditions,
                        System.currentTimeMillis())
                .of(Fingerprints.upload(file, body.length(), body.crc32c()));
    }

    /** Waits until an upload is durable on every serving member; throws OFFSET_MISMATCH or the errors of a put. */
    private void finish(UploadState state, Upload upload) {
        conclude(state, FileStore.await(upload.finish(upload.length(), upload.crc32c())));
    }

    /** Throws the failure of an upload from {@link #open} or {@link #openPart}: OFFSET_MISMATCH or the errors of a put. */
    void conclude(UploadState state, WriteOutcome outcome) {
        if (outcome instanceof WriteOutcome.ConditionFailed failed
                && !failed.name().own()) {
            // Throws an error that names the version of the file.
            writes.done(failed.name(), outcome);
        }
        if (outcome instanceof WriteOutcome.Written) {
            return;
        }
        written(state.id(), outcome);
    }

    /**
     * Assembles the file from its parts, whose contents become its body. Very many or very short ones are copied into one content.
     *
     * @param onProgress called for each chunk that is copied
     */
    void join(UploadState state, Runnable onProgress) {
        List<Content> parts = state.contents().filter(part -> part.length() > 0).toList();
        long most = Math.min(Body.MAX_CONTENTS, 1 + state.offset() / SHORT_BYTES);
        if (parts.isEmpty() || parts.size() > most) {
            copy(state, parts, onProgress);
        } else {
            Write write = whole(state, Appends.joined(parts));
            conclude(
                    state,
                    FileStore.await(
                            shared.write(state.parts(), () -> writes.write(write, state.parts()))
                                    .orElseThrow(
                                            () -> new CraqException(
                                                    ErrorCode.OFFSET_MISMATCH,
                                                    "this upload was ended or completed in the meantime; send HEAD to see its state"))));
        }
        dropParts(state);
    }

    private void copy(UploadState state, List<Content> parts, Runnable onProgress) {
        Upload upload = writes.upload(
                state.plan().file(),
                Content.MAX_CHUNK_SIZE,
                state.plan().owner(),
                content -> whole(state, Body.of(content)));
        try {
            Rechunked copy = new Rechunked(upload, onProgress);
            parts.forEach(part -> copy.add(contents, Body.of(part)));
            copy.end();
        } catch (RuntimeException e) {
            upload.abandon();
            throw e;
        }
        finish(state, upload);
    }

    /**
     * Returns the receipt of a file that an upload has written.
     *
     * @param length of the file, as the client states it, like its checksum
     * @throws CraqException WRITE_ID_REUSED when the file was written with other bytes
     */
    FileWrites.Done receipt(UploadState state, long length, int crc32c) {
        NewFile file = Errors.valid(() -> state.plan().whole(state.id()));
        return writes.repeated(file, Fingerprints.upload(file, length, crc32c));
    }

    // ---- deleting ----

    /** Deletes an upload, but not its file if that has been written. Throws NOT_FOUND when it has already been deleted. */
    void delete(UploadState state) {
        FileName plan = state.id().plan();
        written(state.id(), FileStore.await(delete(List.of(plan), List.of(new Condition.Exists(plan)))));
        dropParts(state);
    }

    /** Deletes the parts without waiting; if that fails, the next sweep deletes the rest. */
    void dropParts(UploadState state) {
        drop(state.parts().stream().map(FileRecord::name).toList());
    }

    void drop(List<FileName> names) {
        try {
            for (int begin = 0; begin < names.size(); begin += BATCH) {
                CompletableFuture<?> unused =
                        delete(names.subList(begin, Math.min(begin + BATCH, names.size())), List.of());
            }
        } catch (CraqException e) {
            LOG.log(Level.DEBUG, "parts of an upload are left for the next sweep", e);
        }
    }

    private CompletableFuture<WriteOutcome> delete(List<FileName> names, List<Condition> conditions) {
        WriteId id = new WriteId(UUID.randomUUID());
        Function<FileName, Operation> tombstone = name -> new Operation.Delete(name, id);
        return writes.write(id, names.stream().map(tombstone).toList(), conditions);
    }
}
