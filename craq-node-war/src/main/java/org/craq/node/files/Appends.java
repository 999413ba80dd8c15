package org.craq.node.files;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.craq.core.file.Body;
import org.craq.core.file.Content;
import org.craq.core.file.FileName;
import org.craq.core.replica.Condition;
import org.craq.core.replica.Fingerprint;
import org.craq.core.replica.Freshness;
import org.craq.core.replica.Operation;
import org.craq.core.replica.WriteOutcome;
import org.craq.node.metadata.FileRecord;
import org.craq.node.store.ChunkLocation;
import org.craq.node.store.ChunkStore;
import org.craq.node.store.StagedContent;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.content.ContentChecksum;

/**
 * Appends bytes to files. An append writes a new version whose body consists of the newest version's contents and a new content at the
 * end. Only the head accepts appends. Short contents at the end of a body are joined into one, so that bodies have few contents.
 */
public final class Appends {
    /** Attempts when others write the file at the same time. */
    private static final int MAX_TRIES = 8;

    private static final int PLACING_AT_ONCE = 16;
    /** How long an append may wait for earlier appends to the same file. */
    private static final long PATIENCE_SECONDS = 60;

    /** Joining contents serves all who read the file, so it counts for no user. */
    private static final String NOBODY = "";

    private static final RequestedFreshness STRONG = new RequestedFreshness(new Freshness.Strong(), Optional.empty());

    private final FileStore files;
    private final FileWrites writes;
    private final SharedContents shared;
    private final Contents contents;
    private final ChunkStore store;
    private final UploadPermits uploadPermits;
    private final Executor data;
    /** Runs the steps that query the database or copy bytes; limited so that reads always find threads. */
    private final Executor placing;
    /** The last append in the line of each file that is being appended to. */
    private final Map<FileName, CompletableFuture<?>> last = new ConcurrentHashMap<>();

    public Appends(
            FileStore files,
            FileWrites writes,
            SharedContents shared,
            Contents contents,
            ChunkStore store,
            UploadPermits uploadPermits,
            Executor data) {
        this.files = files;
        this.writes = writes;
        this.shared = shared;
        this.contents = contents;
        this.store = store;
        this.uploadPermits = uploadPermits;
        this.data = data;
        this.placing = new Throttle(data, PLACING_AT_ONCE, FileWrites.MAX_UPLOADS);
    }

    /**
     * Opens an upload of bytes to append to a file, which is created if it does not exist.
     *
     * @param file its labels are used only if the file is created; an existing file keeps its own
     * @param permits supplies the permit as soon as the upload exceeds {@link UploadPermits#SHORT_BYTES}
     * @throws CraqException NOT_HEAD, NOT_SERVING, NO_CHAIN, OVERLOADED. The upload may also end as CONTENT_TOO_LARGE when the
     *     file's body has too many contents
     */
    public Upload upload(NewFile file, Supplier<UploadPermits.Permit> permits) {
        return writes.upload(
                file, file.chunkSize(), permits, added -> inTurn(new Append(file, added, System.nanoTime())));
    }

    /** Opens an upload of bytes to append to a file; the upload blocks its caller until it gets a permit. */
    public Upload upload(NewFile file, String user) {
        return upload(file, () -> uploadPermits.await(user));
    }

    /** An append whose bytes are complete and which is waiting for its place in the log. */
    private record Append(NewFile file, Content added, long since) {
        boolean lateInLine() {
            return System.nanoTime() - since > TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        }

        Fingerprint request() {
            return Fingerprints.append(file, added);
        }
    }

    /** Places appends to one file one after the other, as each would force the others to retry. */
    private CompletableFuture<WriteOutcome> inTurn(Append append) {
        FileName name = append.file().name();
        CompletableFuture<WriteOutcome> mine = new CompletableFuture<>();
        CompletableFuture<?> before = last.put(name, mine);
        CompletableFuture<?> unused = (before == null ? CompletableFuture.completedFuture(null) : before)
                .handle(Ended::new)
                .thenComposeAsync(
                        ended -> append.lateInLine()
                                ? CompletableFuture.failedFuture(new CraqException(
                                        ErrorCode.OVERLOADED,
                                        "too many appends to '" + name + "' are waiting; this one was not carried out"))
                                : attempt(append, MAX_TRIES),
                        data)
                .whenComplete((outcome, failure) -> {
                    last.remove(name, mine);
                    if (failure == null) {
                        mine.complete(outcome);
                    } else {
                        mine.completeExceptionally(FileStore.cause(failure));
                    }
                });
        return mine;
    }

    /** The outcome or the failure of a stage; the other is null. */
    private record Ended<T>(T outcome, Throwable failure) {}

    private CompletableFuture<WriteOutcome> attempt(Append append, int tries) {
        return newest(append.file().name())
                .thenComposeAsync(base -> place(append, base), placing)
                .handle(Ended::new)
                .thenCompose(ended -> conclude(append, ended, tries));
    }

    private CompletableFuture<WriteOutcome> conclude(Append append, Ended<WriteOutcome> ended, int tries) {
        if (ended.failure() == null && !overtaken(append, ended.outcome())) {
            return CompletableFuture.completedFuture(ended.outcome());
        }
        if (ended.failure() != null && !(FileStore.cause(ended.failure()) instanceof Overtaken)) {
            return CompletableFuture.failedFuture(FileStore.cause(ended.failure()));
        }
        if (tries > 1) {
            return attempt(append, tries - 1);
        }
        return CompletableFuture.failedFuture(new CraqException(
                ErrorCode.NOT_SERVING,
                "'" + append.file().name()
                        + "' is being written faster than it can be appended to; repeat the request"));
    }

    private static boolean overtaken(Append append, WriteOutcome outcome) {
        return outcome instanceof WriteOutcome.ConditionFailed failed
                && !Changes.ofCaller(append.file().conditions(), failed);
    }

    /** The version to append to was pruned between its lookup and the write. */
    private static final class Overtaken extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private CompletableFuture<Optional<FileRecord>> newest(FileName name) {
        return files.find(name, Optional.empty(), STRONG)
                .thenApply(answer -> Optional.of(answer.value()))
                .exceptionally(failure -> {
                    if (FileStore.cause(failure) instanceof CraqException known
                            && known.code() == ErrorCode.NOT_FOUND) {
                        return Optional.empty();
                    }
                    throw FileStore.cause(failure) instanceof RuntimeException cause
                            ? cause
                            : new IllegalStateException(failure);
                });
    }

    private CompletableFuture<WriteOutcome> place(Append append, Optional<FileRecord> base) {
        if (append.added().chunks() > 0
                && !store.staged(append.added().id())
                        .map(staged -> staged.keep(append.added().chunks()))
                        .orElse(false)) {
            throw new CraqException(
                    ErrorCode.UPLOAD_ABANDONED, "the append waited too long for its place in the log; repeat it");
        }
        List<Content> before =
                base.map(file -> file.body().orElseThrow().filled().toList()).orElse(List.of());
        // Skip the copy if a condition already fails; the head detects retries by their write id.
        boolean hopeful =
                append.file().conditions().stream().allMatch(condition -> condition.holds(base.map(FileStore::newest)));
        int count = hopeful ? Joining.count(before, append.added().length()) : 0;
        // If the body can take one more content, joining can wait until there is memory for it.
        boolean full = before.size() == Body.MAX_CONTENTS;
        Optional<UploadPermits.Permit> permit = Optional.empty();
        if (count > 0) {
            permit = full ? Optional.of(uploadPermits.takeNow(NOBODY)) : uploadPermits.takeIfFree(NOBODY);
        }
        if (permit.isEmpty()) {
            return full && append.added().length() > 0 ? refused(append) : write(append, base, before, append.added());
        }
        UploadPermits.Permit taken = permit.get();
        CompletableFuture<WriteOutcome> outcome;
        try {
            outcome = join(append, base, before, before.size() - count, taken);
        } catch (RuntimeException e) {
            taken.close();
            if (!full && e instanceof CraqException known && known.code() == ErrorCode.QUOTA_EXCEEDED) {
                // The bytes that are copied would count in addition, until retention discards those they replace.
                return write(append, base, before, append.added());
            }
            throw e;
        }
        return outcome.whenComplete((ended, failure) -> taken.close());
    }

    /** The body is full, perhaps because an earlier attempt of this append filled it; then returns that attempt's result. */
    private CompletableFuture<WriteOutcome> refused(Append append) {
        NewFile file = append.file();
        List<Condition> conditions = new ArrayList<>(file.conditions());
        conditions.add(new Condition.IsVersion(file.name(), FileWrites.NEVER));
        return writes.write(file.writeId(), append.request(), List.of(), conditions)
                .thenApply(outcome -> {
                    if (outcome instanceof WriteOutcome.ConditionFailed failed
                            && !Changes.ofCaller(file.conditions(), failed)) {
                        throw new CraqException(
                                ErrorCode.CONTENT_TOO_LARGE,
                                "'" + file.name() + "' has been appended to so often that it consists of "
                                        + Body.MAX_CONTENTS
                                        + " long contents, which is the limit; put the whole file again to continue");
                    }
                    return outcome;
                });
    }

    /** Copies the last contents of the body and the appended bytes into one new content. */
    private CompletableFuture<WriteOutcome> join(
            Append append, Optional<FileRecord> base, List<Content> before, int kept, UploadPermits.Permit permit) {
        // Keeps retention from deleting the contents until they have been copied. First: if this fails no upload is
        // left open.
        Contents.Range hold = contents.range(base.orElseThrow().body().orElseThrow(), 0, 0);
        try {
            return joined(append, base, before, kept, permit);
        } finally {
            hold.close();
        }
    }

    private CompletableFuture<WriteOutcome> joined(
            Append append, Optional<FileRecord> base, List<Content> before, int kept, UploadPermits.Permit permit) {
        Upload joined = writes.upload(
                append.file(),
                Content.MAX_CHUNK_SIZE,
                () -> permit,
                content -> write(append, base, before.subList(0, kept), content));
        try {
            List<Content> copied = before.subList(kept, before.size());
            joined.announce(copied.stream().mapToLong(Content::length).sum()
                    + append.added().length());
            Rechunked copy = new Rechunked(joined, () -> {});
            for (Content content : copied) {
                copy.add(contents, Body.of(content));
            }
            for (ChunkLocation chunk : staged(append.added())) {
                copy.add(store.read(chunk));
            }
            copy.end();
            return joined.finish(joined.length(), joined.crc32c());
        } catch (RuntimeException e) {
            joined.abandon();
            throw e;
        }
    }

    private List<ChunkLocation> staged(Content content) {
        return store.staged(content.id()).map(StagedContent::chunks).orElse(List.of());
    }

    private CompletableFuture<WriteOutcome> write(
            Append append, Optional<FileRecord> base, List<Content> before, Content added) {
        NewFile file = append.file();
        List<Condition> conditions = new ArrayList<>(file.conditions());
        conditions.add(base.<Condition>map(found -> new Condition.IsVersion(file.name(), found.version()))
                .orElseGet(() -> new Condition.IsAbsent(file.name())));
        // The file's own labels are not validated again: they may predate a rule.
        Operation put = new Operation.Put(
                file.name(),
                file.writeId(),
                body(before, added),
                base.map(FileRecord::contentType).orElseGet(file.labels()::contentType),
                base.map(FileRecord::userMetadata).orElseGet(file.labels()::userMetadata));
        List<FileRecord> sources = before.isEmpty() ? List.of() : List.of(base.orElseThrow());
        return shared.write(
                        sources,
                        () -> writes.write(file.writeId(), append.request(), List.of(put), conditions, sources))
                .orElseThrow(Overtaken::new);
    }

    private static Body body(List<Content> before, Content added) {
        if (before.isEmpty()) {
            return Body.of(added);
        }
        List<Content> all = new ArrayList<>(before);
        if (added.length() > 0) {
            all.add(added);
        }
        return joined(all);
    }

    /** Concatenates contents into a body without reading them: its checksum follows from theirs. */
    public static Body joined(List<Content> contents) {
        ContentChecksum crc = new ContentChecksum();
        contents.forEach(content -> crc.add(content.crc32c(), content.length()));
        return new Body(contents, crc.value());
    }

    /**
     * Decides which contents at the end of a body are joined with the appended content. As in a log-structured merge tree, contents
     * have levels, each eight times as long as the one before, and eight contents of one level are joined into one of the next. So
     * each byte is copied at most once per level, and a body has only a few contents of each level.
     */
    static final class Joining {
        /** Upper limit for a joined content, as the client that appends has to wait for the copy. */
        static final long LONGEST_BYTES = 512L << 20;

        private static final int FACTOR = 8;
        private static final long FIRST_LEVEL_BYTES = 4 << 10;

        private Joining() {}

        /** Returns the number of contents at the end of the body to join with the appended bytes; 0 for none. */
        static int count(List<Content> before, long added) {
            int count = ofLevels(before, added);
            int room = Body.MAX_CONTENTS - before.size();
            if (count > 0 || added == 0 || room >= FACTOR) {
                return count;
            }
            // The body is nearly full: join whatever is short enough; if it is full, even when that gains only one
            // place.
            long all = added;
            int fitting = 0;
            while (fitting < before.size()
                    && all + before.get(before.size() - 1 - fitting).length() <= LONGEST_BYTES) {
                all += before.get(before.size() - 1 - fitting).length();
                fitting++;
            }
            return fitting >= FACTOR || room == 0 ? fitting : 0;
        }

        private static int ofLevels(List<Content> before, long added) {
            int count = 0;
            long all = added;
            while (added > 0) {
                int level = level(all);
                int run = 0;
                int fitting = 0;
                long joined = all;
                for (int i = before.size() - 1 - count;
                        i >= 0 && level(before.get(i).length()) <= level;
                        i--) {
                    long length = before.get(i).length();
                    if (fitting == run && joined + length <= LONGEST_BYTES) {
                        joined += length;
                        fitting++;
                    }
                    run++;
                }
                if (run < FACTOR - 1 || fitting == 0) {
                    return count;
                }
                count += fitting;
                all = joined;
                if (fitting < run) {
                    return count;
                }
            }
            return 0;
        }

        private static int level(long length) {
            int level = 0;
            for (long bytes = FIRST_LEVEL_BYTES; length >= bytes * FACTOR; bytes *= FACTOR) {
                level++;
            }
            return level;
        }
    }
}
