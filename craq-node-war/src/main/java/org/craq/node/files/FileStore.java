package org.craq.node.files;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.craq.core.chain.Chain;
import org.craq.core.chain.ChainId;
import org.craq.core.chain.Member;
import org.craq.core.chain.NodeId;
import org.craq.core.chain.Seq;
import org.craq.core.file.Content;
import org.craq.core.file.ContentId;
import org.craq.core.file.FileName;
import org.craq.core.file.Version;
import org.craq.core.replica.Condition;
import org.craq.core.replica.Operation;
import org.craq.core.replica.Read;
import org.craq.core.replica.ReadOutcome;
import org.craq.core.replica.Refusal;
import org.craq.core.replica.SessionToken;
import org.craq.core.replica.Write;
import org.craq.core.replica.WriteId;
import org.craq.core.replica.WriteOutcome;
import org.craq.node.membership.Members;
import org.craq.node.metadata.FileRecord;
import org.craq.node.metadata.KnownVersions;
import org.craq.node.metadata.Metadata;
import org.craq.node.metrics.NodeMeters;
import org.craq.node.replication.ChainDriver;
import org.craq.node.replication.ContentRelay;
import org.craq.node.replication.MemberView;
import org.craq.node.replication.OpenUploads;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/**
 * Files as users see them, on this node: gRPC and REST are two faces of it. Reads are strong unless asked otherwise, and are
 * pinned to one version.
 */
public final class FileStore {
    /** Uploads that may be under way at once. */
    public static final int MAX_UPLOADS = 1024;

    public static final int MAX_PAGE = 1000;

    /** Looks at a file that is written so fast that what a look should find is given up meanwhile. */
    private static final int MAX_LOOKS = 4;

    /** Looks into the database at once: no more than it has connections, so that reads which need none always find a thread. */
    private static final int LOOKS_AT_ONCE = 16;

    private static final int LOOKS_WAITING = 4096;

    private final NodeId self;
    private final Members members;
    private final Metadata metadata;
    private final OpenUploads uploads;
    private final Executor data;
    private final Executor looks;
    private final NodeMeters meters;

    public FileStore(
            NodeId self, Members members, Metadata metadata, OpenUploads uploads, Executor data, NodeMeters meters) {
        this.self = self;
        this.members = members;
        this.metadata = metadata;
        this.uploads = uploads;
        this.data = data;
        this.looks = new Throttle(data, LOOKS_AT_ONCE, LOOKS_WAITING);
        this.meters = meters;
    }

    /** A write that is durable on every serving member. */
    public record Done(FileName name, Version version, Optional<Content> content, Chain chain) {
        /** For later reads that must see this write. */
        public SessionToken session() {
            return new SessionToken(chain.id(), version);
        }

        /** Node ids, head first. */
        public List<String> memberIds() {
            return chain.members().stream().map(Member::node).map(NodeId::value).toList();
        }
    }

    /** What a read found, and what the answer is worth. */
    public record Answer<T>(T value, ReadOutcome.Level level, SessionToken session) {}

    // ---- writes ----

    /**
     * Opens an upload; only the head does.
     *
     * @throws CraqException NOT_HEAD, NOT_SERVING, NO_CHAIN, OVERLOADED
     */
    public Upload upload(NewFile file) {
        return upload(file.chunkSize(), file::write);
    }

    /** The same for a write that is decided on when its content is known. */
    public Upload upload(int chunkSize, Function<Content, Write> write) {
        ChainDriver driver = headDriver();
        if (uploads.size() >= MAX_UPLOADS) {
            throw new CraqException(
                    ErrorCode.OVERLOADED, "more than " + MAX_UPLOADS + " uploads are under way on this node");
        }
        ContentId id = new ContentId(UUID.randomUUID());
        ContentRelay relay = driver.neighbours().upload(id);
        uploads.opened(relay);
        return new Upload(
                id,
                chunkSize,
                relay,
                content -> timed(driver, write.apply(content)),
                meters::received,
                () -> uploads.closed(relay));
    }

    /** A write that brings no bytes; only the head does it. */
    public CompletableFuture<WriteOutcome> write(WriteId id, List<Operation> operations, List<Condition> conditions) {
        return timed(headDriver(), new Write(id, operations, conditions, System.currentTimeMillis()));
    }

    private CompletableFuture<WriteOutcome> timed(ChainDriver driver, Write write) {
        long begun = System.nanoTime();
        return driver.write(write).whenComplete((outcome, failure) -> meters.written(System.nanoTime() - begun));
    }

    /** Writes a tombstone, on a condition of the caller's or on the one that there is something to delete. */
    public CompletableFuture<Done> delete(FileName name, WriteId id, List<Condition> conditions) {
        List<Condition> held = conditions.isEmpty() ? List.of(new Condition.Exists(name)) : conditions;
        return write(id, List.of(new Operation.Delete(name, id)), held)
                .thenApply(outcome -> deleted(name, conditions, outcome));
    }

    private ChainDriver headDriver() {
        ChainDriver driver = members.onlyDriver();
        MemberView view = driver.view();
        if (view.chain().isEmpty()) {
            throw new CraqException(ErrorCode.NO_CHAIN, "node " + self + " acts in no chain yet");
        }
        Member head = view.chain().get().head();
        if (!head.node().equals(self)) {
            throw new CraqException(
                    ErrorCode.NOT_HEAD, "node " + self + " takes no writes; " + head.node() + " is the head");
        }
        if (!view.serves()) {
            throw notServing(view);
        }
        return driver;
    }

    private CraqException notServing(MemberView view) {
        String reason = view.failure().isEmpty() ? "it has no lease or is not complete yet" : view.failure();
        return new CraqException(ErrorCode.NOT_SERVING, "node " + self + " does not serve now: " + reason);
    }

    /**
     * The good end of a write, or its failure as an exception.
     *
     * @throws CraqException PRECONDITION_FAILED, OUTCOME_UNKNOWN, or why it was refused
     */
    public Done done(FileName name, WriteOutcome outcome) {
        if (outcome instanceof WriteOutcome.Written written) {
            Operation operation = written.operations().stream()
                    .filter(candidate -> candidate.name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new CraqException(
                            ErrorCode.INVALID_ARGUMENT, "this write id was used for a write of another file"));
            Chain chain = members.onlyDriver()
                    .view()
                    .chain()
                    .orElseThrow(() -> new CraqException(ErrorCode.OUTCOME_UNKNOWN, "the node left the chain"));
            Optional<Content> content =
                    operation instanceof Operation.Put put ? Optional.of(put.content()) : Optional.empty();
            return new Done(name, written.version(), content, chain);
        }
        if (outcome instanceof WriteOutcome.ConditionFailed failed) {
            throw new CraqException(
                    ErrorCode.PRECONDITION_FAILED,
                    failed.newest()
                            .map(version -> "'" + name + "' is at version " + version)
                            .orElse("'" + name + "' does not exist"));
        }
        if (outcome instanceof WriteOutcome.Refused refused) {
            throw refused(refused.reason());
        }
        throw new CraqException(
                ErrorCode.OUTCOME_UNKNOWN,
                "the write was given a place, but it is not known whether it was kept; repeat it with the same write id");
    }

    /** The same for a delete: without a condition of the caller's, that there is nothing to delete is NOT_FOUND. */
    private Done deleted(FileName name, List<Condition> conditions, WriteOutcome outcome) {
        if (conditions.isEmpty() && outcome instanceof WriteOutcome.ConditionFailed) {
            throw new CraqException(ErrorCode.NOT_FOUND, "there is no file '" + name + "'");
        }
        return done(name, outcome);
    }

    private CraqException refused(Refusal reason) {
        return switch (reason) {
            case NOT_HEAD -> new CraqException(ErrorCode.NOT_HEAD, "node " + self + " is not the head any more");
            case NOT_SERVING -> notServing(members.onlyDriver().view());
            case FENCED -> new CraqException(ErrorCode.FENCED, "the chain has moved on");
            case OVERLOADED -> new CraqException(ErrorCode.OVERLOADED, "too much is under way in this chain");
            case SESSION_UNKNOWN ->
                new CraqException(
                        ErrorCode.INVALID_ARGUMENT,
                        "the session token tells of something that this chain never held; begin a new session");
            case TAIL_SILENT -> new CraqException(ErrorCode.NOT_SERVING, "the chain's tail did not answer in time");
            case DATABASE_UNAVAILABLE ->
                new CraqException(ErrorCode.DATABASE_UNAVAILABLE, "the node's database does not answer");
        };
    }

    // ---- reads ----

    /** One file at one version: the newest that the freshness allows, or an old one. */
    public CompletableFuture<Answer<FileRecord>> find(FileName name, Optional<Version> version, Asked asked) {
        return find(name, version, asked, MAX_LOOKS);
    }

    private CompletableFuture<Answer<FileRecord>> find(
            FileName name, Optional<Version> version, Asked asked, int looks) {
        return mark(Optional.of(name), asked)
                .thenComposeAsync(
                        marked -> {
                            Optional<KnownVersions.Step> known = known(name, version, marked);
                            if (known.isPresent()) {
                                meters.remembered();
                                return CompletableFuture.completedFuture(marked.answer(
                                        present(name, version, known.get().file())));
                            }
                            return look(name, version, marked).thenCompose(found -> {
                                if (version.isEmpty() && outrun(marked, found)) {
                                    return again(name, asked, looks - 1);
                                }
                                return CompletableFuture.completedFuture(marked.answer(present(name, version, found)));
                            });
                        },
                        data);
    }

    /** At a newer mark; what the former one shows may be gone, and says nothing. */
    private CompletableFuture<Answer<FileRecord>> again(FileName name, Asked asked, int looks) {
        if (looks == 0) {
            throw new CraqException(
                    ErrorCode.NOT_SERVING,
                    "'" + name + "' is written faster than this node can look; repeat the request");
        }
        return find(name, Optional.empty(), asked, looks);
    }

    /** What needs no look: the newest version at the mark, if it is remembered and what is asked for. */
    private static Optional<KnownVersions.Step> known(FileName name, Optional<Version> version, Marked marked) {
        return marked.tooOld()
                ? Optional.empty()
                : marked.driver()
                        .hot()
                        .newest(name, marked.at().mark())
                        .filter(step -> !outrun(marked, step.file()))
                        .filter(step ->
                                version.isEmpty() || version.equals(step.file().map(FileRecord::version)));
    }

    private CompletableFuture<Optional<FileRecord>> look(FileName name, Optional<Version> version, Marked marked) {
        return CompletableFuture.supplyAsync(
                () -> {
                    marked.checkAge();
                    return Database.ask(() -> lookUp(name, version, marked));
                },
                looks);
    }

    /** True when what the mark shows may have been given up meanwhile, because so much has followed. */
    private static boolean outrun(Marked marked, Optional<FileRecord> found) {
        return marked.driver().view().forgotten().isAfter(marked.at().mark())
                || found.filter(FileRecord::pruned).isPresent();
    }

    /** A page of the files whose names begin with a prefix. */
    public CompletableFuture<Answer<Listing>> list(Listing.Question question, Asked asked) {
        return mark(Optional.empty(), asked)
                .thenApplyAsync(
                        marked -> {
                            marked.checkAge();
                            Seq mark = marked.at().mark();
                            Listing page = question.answer((after, limit) -> Database.ask(
                                    () -> metadata.list(self, marked.chain(), question.prefix(), after, limit, mark)));
                            marked.checkAge();
                            return marked.answer(page);
                        },
                        looks);
    }

    /** A page of a file's versions, newest first. */
    public CompletableFuture<Answer<Versions>> versions(
            FileName name, Optional<Version> before, int limit, Asked asked) {
        return mark(Optional.of(name), asked)
                .thenApplyAsync(
                        marked -> {
                            List<FileRecord> found = Database.ask(() -> metadata.versions(
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

    private CompletableFuture<Marked> mark(Optional<FileName> file, Asked asked) {
        ChainDriver driver = members.onlyDriver();
        ChainId chain = driver.view().report().chain();
        asked.session().filter(token -> !token.chain().equals(chain)).ifPresent(token -> {
            throw new CraqException(
                    ErrorCode.INVALID_ARGUMENT,
                    "the session token is one of chain " + token.chain() + ", but the file lies in chain " + chain);
        });
        Read read = new Read(file, asked.freshness(), asked.session().map(SessionToken::seen));
        return driver.read(read).thenApply(outcome -> {
            if (outcome instanceof ReadOutcome.At at) {
                meters.read(at.level());
                return new Marked(driver, chain, at, System.nanoTime());
            }
            throw refused(((ReadOutcome.Refused) outcome).reason());
        });
    }

    private Optional<FileRecord> lookUp(FileName name, Optional<Version> version, Marked marked) {
        if (version.isEmpty()) {
            Seq mark = marked.at().mark();
            return marked.driver().hot().newest(name, mark, () -> metadata.newest(self, marked.chain(), name, mark));
        }
        // A version above the mark is not committed: to this reader it does not exist yet.
        return version.get().seq().isAfter(marked.at().mark())
                ? Optional.empty()
                : metadata.version(self, marked.chain(), name, version.get());
    }

    private static FileRecord present(FileName name, Optional<Version> version, Optional<FileRecord> found) {
        if (found.filter(FileRecord::pruned).isPresent()) {
            throw new CraqException(
                    ErrorCode.VERSION_PRUNED,
                    "version " + found.get().version() + " of '" + name + "' has been given up: of each file only the"
                            + " newest versions are kept (craq.node.retention.versions)");
        }
        return found.filter(file -> !file.tombstone())
                .orElseThrow(() -> new CraqException(
                        ErrorCode.NOT_FOUND,
                        "there is no file '" + name + "'"
                                + version.map(v -> " with version " + v).orElse("")));
    }

    /** True when there is known to have been no such file right before this version, whose write has been answered for. */
    public boolean isFirst(FileName name, Version version) {
        ChainId chain = members.onlyDriver().view().report().chain();
        Seq before = new Seq(version.seq().value() - 1);
        try {
            return Database.ask(() -> metadata.newest(self, chain, name, before))
                    .filter(file -> !file.tombstone())
                    .isEmpty();
        } catch (CraqException e) {
            // Logged where it was met. The write has succeeded; that must not be hidden by what is only a courtesy.
            return false;
        }
    }

    /** True when the version is clean on this node. */
    public boolean clean(FileRecord file) {
        return !file.version()
                .seq()
                .isAfter(members.onlyDriver().view().report().commit());
    }

    /** Waits, for callers that have a thread to wait with; failures come as they are. */
    public static <T> T await(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    /** What went wrong, without the wrapping of a later stage. */
    static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }
}
