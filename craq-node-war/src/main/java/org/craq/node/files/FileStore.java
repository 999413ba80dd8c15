package org.craq.node.files;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.craq.core.chain.ChainId;
import org.craq.core.chain.NodeId;
import org.craq.core.chain.Seq;
import org.craq.core.file.FileName;
import org.craq.core.file.Version;
import org.craq.core.replica.Found;
import org.craq.core.replica.Read;
import org.craq.core.replica.ReadOutcome;
import org.craq.core.replica.SessionToken;
import org.craq.node.metadata.DeletedVersion;
import org.craq.node.metadata.FileRecord;
import org.craq.node.metadata.KnownVersions;
import org.craq.node.metadata.Metadata;
import org.craq.node.metrics.NodeMeters;
import org.craq.node.replication.ChainDriver;
import org.craq.node.replication.Members;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/**
 * Reads of files as users see them, on this node; gRPC, REST and the content port all use it. Reads are strong unless requested
 * otherwise, and each is pinned to one version.
 */
public final class FileStore {
    public static final int MAX_PAGE = 1000;

    /** Attempts to read a file that is written so fast that the version to be found is pruned before the lookup finds it. */
    private static final int MAX_LOOKS = 4;

    /** Concurrent database lookups: as many as it has connections, so that reads that need no lookup always find a thread. */
    private static final int LOOKS_AT_ONCE = 16;

    private static final int LOOKS_WAITING = 4096;

    private static final Set<FileName> EVERYTHING = Set.of();

    private final NodeId self;
    private final Members members;
    private final Metadata metadata;
    private final Executor data;
    private final Executor looks;
    private final NodeMeters meters;
    private final Refusals refusals;

    public FileStore(NodeId self, Members members, Metadata metadata, Executor data, NodeMeters meters) {
        this.self = self;
        this.members = members;
        this.metadata = metadata;
        this.data = data;
        this.looks = new Throttle(data, LOOKS_AT_ONCE, LOOKS_WAITING);
        this.meters = meters;
        this.refusals = new Refusals(self, members);
    }

    /**
     * Finds a file at the given version, or at the newest one that the freshness allows.
     *
     * @return ends as NOT_FOUND, VERSION_PRUNED, or with the reason why this node can't answer now
     */
    public CompletableFuture<Answer<FileRecord>> find(
            FileName name, Optional<Version> version, RequestedFreshness asked) {
        return find(name, version, asked, MAX_LOOKS);
    }

    private CompletableFuture<Answer<FileRecord>> find(
            FileName name, Optional<Version> version, RequestedFreshness asked, int looks) {
        // An old version may have been deleted individually, which a note file records.
        Set<FileName> needed = version.map(old -> Set.of(name, new DeletedVersion(name, old).note()))
                .orElseGet(() -> Set.of(name));
        CompletableFuture<PinnedMark> mark = mark(needed, asked);
        return mark.isDone()
                ? mark.thenCompose(marked -> find(name, version, asked, marked, looks))
                : mark.thenComposeAsync(marked -> find(name, version, asked, marked, looks), data);
    }

    private CompletableFuture<Answer<FileRecord>> find(
            FileName name, Optional<Version> version, RequestedFreshness asked, PinnedMark marked, int looks) {
        Optional<KnownVersions.Step> known = known(name, version, marked);
        if (known.isPresent()) {
            meters.remembered();
            return CompletableFuture.completedFuture(
                    marked.answer(present(name, version, known.get().file())));
        }
        return look(name, version, marked).thenCompose(found -> {
            if (version.isEmpty() && outrun(marked, found)) {
                return again(name, asked, looks - 1);
            }
            return CompletableFuture.completedFuture(marked.answer(present(name, version, found)));
        });
    }

    /** Repeats the lookup at a newer mark, as versions visible at the former mark may have been pruned. */
    private CompletableFuture<Answer<FileRecord>> again(FileName name, RequestedFreshness asked, int looks) {
        if (looks == 0) {
            throw new CraqException(
                    ErrorCode.NOT_SERVING,
                    "'" + name + "' is being written faster than this node can read it; repeat the request");
        }
        return find(name, Optional.empty(), asked, looks);
    }

    /** Returns the newest version at the mark if it is in memory and is the requested one, so that no database lookup is needed. */
    private static Optional<KnownVersions.Step> known(FileName name, Optional<Version> version, PinnedMark marked) {
        return marked.tooOld()
                ? Optional.empty()
                : marked.driver()
                        .hot()
                        .newest(name, marked.at().mark())
                        .filter(step -> !outrun(marked, step.file()))
                        .filter(step ->
                                version.isEmpty() || version.equals(step.file().map(FileRecord::version)));
    }

    private CompletableFuture<Optional<FileRecord>> look(FileName name, Optional<Version> version, PinnedMark marked) {
        return CompletableFuture.supplyAsync(
                () -> {
                    marked.checkAge();
                    return DatabaseCalls.ask(() -> lookUp(name, version, marked));
                },
                looks);
    }

    /** True when the versions visible at the mark may have been pruned meanwhile, because so many newer ones have followed. */
    private static boolean outrun(PinnedMark marked, Optional<FileRecord> found) {
        return marked.driver().view().forgotten().isAfter(marked.at().mark())
                || found.filter(FileRecord::pruned).isPresent();
    }

    /** Lists one page of the files whose names begin with a prefix. */
    public CompletableFuture<Answer<Listing>> list(Listing.Question question, RequestedFreshness asked) {
        return mark(EVERYTHING, asked)
                .thenApplyAsync(
                        marked -> {
                            marked.checkAge();
                            Seq mark = marked.at().mark();
                            Listing page = question.answer((prefix, after, limit) -> DatabaseCalls.ask(
                                    () -> metadata.list(self, marked.chain(), prefix, after, limit, mark)));
                            marked.checkAge();
                            return marked.answer(page);
                        },
                        looks);
    }

    /** Lists one page of a file's versions, newest first; ends as NOT_FOUND when there is no such file. */
    public CompletableFuture<Answer<Versions>> versions(
            FileName name, Optional<Version> before, int limit, RequestedFreshness asked) {
        // Any of the file's versions may have been deleted individually, so the mark must cover every name.
        return mark(EVERYTHING, asked)
                .thenApplyAsync(
                        marked -> {
                            List<FileRecord> found = DatabaseCalls.ask(() -> metadata.versions(
                                    self,
                                    marked.chain(),
                                    name,
                                    before,
                                    limit + 1,
                                    marked.at().mark()));
                            if (found.isEmpty() && before.isEmpty()) {
                                throw new CraqException(ErrorCode.NOT_FOUND, "there is no file '" + name + "'");
                            }
                            return marked.answer(Versions.page(found, limit));
                        },
                        looks);
    }

    /**
     * Runs another database query and waits for it. It shares the limit on concurrent lookups, so that operators' queries don't take
     * the connections of readers.
     */
    public <T> T look(Supplier<T> question) {
        return await(CompletableFuture.supplyAsync(() -> DatabaseCalls.ask(question), looks));
    }

    private CompletableFuture<PinnedMark> mark(Set<FileName> files, RequestedFreshness asked) {
        ChainDriver driver = members.onlyDriver();
        ChainId chain = driver.view().report().chain();
        asked.session().filter(token -> !token.chain().equals(chain)).ifPresent(token -> {
            throw new CraqException(
                    ErrorCode.INVALID_ARGUMENT,
                    "the session token belongs to chain " + token.chain() + ", but the file is in chain " + chain);
        });
        Read read = new Read(files, asked.freshness(), asked.session().map(SessionToken::seen));
        return driver.read(read).thenApply(outcome -> {
            if (outcome instanceof ReadOutcome.At at) {
                meters.read(at.level());
                return new PinnedMark(driver, chain, at, System.nanoTime());
            }
            throw refusals.of(((ReadOutcome.Refused) outcome).reason());
        });
    }

    private Optional<FileRecord> lookUp(FileName name, Optional<Version> version, PinnedMark marked) {
        Seq mark = marked.at().mark();
        // A version above the mark is not committed, so for this reader it does not exist yet.
        return version.isEmpty()
                ? marked.driver().hot().newest(name, mark, () -> metadata.newest(self, marked.chain(), name, mark))
                : metadata.version(self, marked.chain(), name, version.get(), mark);
    }

    private static FileRecord present(FileName name, Optional<Version> version, Optional<FileRecord> found) {
        if (found.filter(FileRecord::pruned).isPresent()) {
            throw new CraqException(
                    ErrorCode.VERSION_PRUNED,
                    "version " + found.get().version() + " of '" + name
                            + "' is no longer kept: it was deleted, or it was pruned because"
                            + " enough newer ones have followed (craq.node.retention.versions)");
        }
        return found.filter(file -> !file.tombstone())
                .orElseThrow(() -> new CraqException(
                        ErrorCode.NOT_FOUND,
                        "there is no file '" + name + "'"
                                + version.map(v -> " with version " + v).orElse("")));
    }

    /** True when this node knows that the file did not exist right before this version, whose write has been acknowledged. */
    public boolean isFirst(FileName name, Version version) {
        ChainId chain = members.onlyDriver().view().report().chain();
        Seq before = new Seq(version.seq().value() - 1);
        try {
            return DatabaseCalls.ask(() -> metadata.newest(self, chain, name, before))
                    .filter(file -> !file.tombstone())
                    .isEmpty();
        } catch (CraqException e) {
            // Already logged. The write has succeeded, and a failure of this optional lookup must not hide that.
            return false;
        }
    }

    /** Converts a file's record to the form against which conditions are evaluated. */
    static Found.Newest newest(FileRecord file) {
        return new Found.Newest(file.version(), file.tombstone(), file.createdAtMillis());
    }

    /** True when the version is clean on this node. */
    public boolean clean(FileRecord file) {
        return !file.version()
                .seq()
                .isAfter(members.onlyDriver().view().report().commit());
    }

    /**
     * Blocks until the future completes, and throws its failure without the wrapper.
     *
     * @throws CraqException OUTCOME_UNKNOWN when the thread is interrupted, which happens when the node stops
     */
    public static <T> T await(CompletableFuture<T> future) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw cause(e) instanceof RuntimeException failure ? failure : new CompletionException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CraqException(ErrorCode.OUTCOME_UNKNOWN, "the node is stopping", e);
        }
    }

    /** Returns the cause of a failure without the wrappers that later stages add. */
    public static Throwable cause(Throwable failure) {
        boolean wrapped = failure instanceof CompletionException || failure instanceof ExecutionException;
        return wrapped && failure.getCause() != null ? cause(failure.getCause()) : failure;
    }
}
