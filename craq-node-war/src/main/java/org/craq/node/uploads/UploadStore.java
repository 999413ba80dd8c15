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
import org.craq.node.metadata.FileRecord;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.Errors;

/**
 * Keeps uploads as files of the store's own: a plan and, each in one piece, the parts that have come. All changes go through the
 * head's one ordered place, on conditions, so that of two writers one fails, whichever nodes they talk to.
 */
final class UploadStore {
    private static final Logger LOG = System.getLogger(UploadStore.class.getName());

    /** Parts that are shorter on average would cost readers more looks than it costs to copy them. */
    private static final long SHORT_BYTES = 4L << 20;

    /** Deletions in one entry. */
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

    /** Makes an upload that holds nothing yet. */
    UploadState create(UploadPlan plan) {
        UploadId id = new UploadId(UUID.randomUUID());
        return new UploadState(
                id,
                plan,
                written(id, put(id, plan, List.of(new Condition.IsAbsent(id.plan())))),
                List.of(),
                System.currentTimeMillis());
    }

    /** Notes how long the whole will be, which the client did not know at first. */
    UploadState knowLength(UploadState state, long length) {
        UploadPlan plan = state.plan().withLength(length);
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

    /** The version that an entry has given the upload's files, or what went wrong. */
    private Version written(UploadId id, WriteOutcome outcome) {
        if (outcome instanceof WriteOutcome.ConditionFailed failed
                && failed.name().own()) {
            if (failed.newest().isEmpty()) {
                throw id.unknown();
            }
            throw goneOn();
        }
        if (outcome instanceof WriteOutcome.OtherRequest) {
            // The file is there, with other bytes than this request has sent.
            throw goneOn();
        }
        return writes.done(id.plan(), outcome).version();
    }

    private static CraqException goneOn() {
        return new CraqException(ErrorCode.OFFSET_MISMATCH, "another request has gone on with this upload meanwhile");
    }

    // ---- looking ----

    /**
     * An upload as every later request will find it, or further on.
     *
     * @throws CraqException NOT_FOUND, or why no strong read can be answered
     */
    UploadState load(UploadId id) {
        List<FileRecord> found = new ArrayList<>();
        forEach(id.prefix(), found::add);
        if (found.isEmpty() || !id.isPlan(found.get(0).name())) {
            throw id.unknown();
        }
        return UploadState.of(id, found.get(0), found.subList(1, found.size()));
    }

    /** Shows the store's own files whose names begin so, in the order of their names, page by page. */
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
     * Opens what comes next. When it ends it becomes the file itself, if it holds all of it, and otherwise a part: nothing that
     * comes in one piece is written twice.
     */
    Upload open(UploadState state, long offset) {
        return writes.upload(
                Content.MAX_CHUNK_SIZE,
                content -> offset == 0 && state.plan().length().orElse(-1) == content.length()
                        ? whole(state, Body.of(content))
                        : part(state.id(), offset, content));
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

    /** The file appears, and the plan says so, in one entry. */
    private static Write whole(UploadState state, Body body) {
        NewFile file = Errors.valid(() -> state.plan().whole(state.id()));
        List<Condition> conditions = new ArrayList<>(file.conditions());
        conditions.add(unchanged(state));
        return new Write(
                        file.writeId(),
                        List.of(file.put(body), put(state.id(), state.plan().completed(), file.writeId())),
                        conditions,
                        System.currentTimeMillis())
                .of(Fingerprints.upload(file, body));
    }

    /** Waits until what {@link #open} has opened is durable on every serving member; raises OFFSET_MISMATCH, and what a put does. */
    void finish(UploadState state, Upload upload) {
        conclude(state, FileStore.await(upload.finish(upload.length(), upload.crc32c())));
    }

    private void conclude(UploadState state, WriteOutcome outcome) {
        if (outcome instanceof WriteOutcome.ConditionFailed failed
                && !failed.name().own()) {
            // Says which version stands in the way.
            writes.done(failed.name(), outcome);
        }
        if (outcome instanceof WriteOutcome.Written) {
            return;
        }
        written(state.id(), outcome);
    }

    /**
     * Puts the file together from its parts, whose contents become its body; very many or very short ones are copied into one.
     *
     * @param onProgress called for each piece that is copied
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
                    FileStore.await(shared.write(state.parts(), () -> writes.write(write))
                            .orElseThrow(() -> new CraqException(
                                    ErrorCode.OFFSET_MISMATCH,
                                    "this upload has been ended or joined meanwhile; ask where it is"))));
        }
        dropParts(state);
    }

    private void copy(UploadState state, List<Content> parts, Runnable onProgress) {
        Upload upload = writes.upload(Content.MAX_CHUNK_SIZE, content -> whole(state, Body.of(content)));
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

    // ---- going ----

    /** Lets go of an upload; the file stays if it has been written. Raises NOT_FOUND when somebody else was faster. */
    void delete(UploadState state) {
        FileName plan = state.id().plan();
        written(state.id(), FileStore.await(delete(List.of(plan), List.of(new Condition.Exists(plan)))));
        dropParts(state);
    }

    /** Nobody waits for this: what is left when it fails goes with the next sweep. */
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
