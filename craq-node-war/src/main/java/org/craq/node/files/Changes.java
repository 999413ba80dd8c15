package org.craq.node.files;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import org.craq.core.file.FileName;
import org.craq.core.file.Version;
import org.craq.core.replica.Condition;
import org.craq.core.replica.Fingerprint;
import org.craq.core.replica.Found;
import org.craq.core.replica.Freshness;
import org.craq.core.replica.Operation;
import org.craq.core.replica.WriteId;
import org.craq.core.replica.WriteOutcome;
import org.craq.node.metadata.DeletedVersion;
import org.craq.node.metadata.FileRecord;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.Errors;

/**
 * Copies, moves, deletions and checks of files, several of them in one entry of the log: all or nothing; and deletions of single
 * old versions. Only the head does them. A copy names the content of its source, and no bytes move.
 *
 * <p>What is copied is looked up outside the ordered place.
 */
public final class Changes {
    /** Steps of one change. */
    public static final int MAX_STEPS = 100;

    /** Looks at sources that are written so fast that they have changed before the change has its place. */
    private static final int MAX_TRIES = 8;

    private static final RequestedFreshness STRONG = new RequestedFreshness(new Freshness.Strong(), Optional.empty());

    private final FileStore files;
    private final FileWrites writes;
    private final SharedContents shared;
    private final Executor data;

    public Changes(FileStore files, FileWrites writes, SharedContents shared, Executor data) {
        this.files = files;
        this.writes = writes;
        this.shared = shared;
        this.data = data;
    }

    /**
     * Does all steps at once, or none. Each sees the files as they were before all of them.
     *
     * @return for each step that writes, what it has written, in their order
     * @throws CraqException INVALID_ARGUMENT when the steps contradict each other or write nothing; NOT_HEAD and the like. Ends as
     *     NOT_FOUND or VERSION_PRUNED when a source is not there, PRECONDITION_FAILED, and as any write
     */
    public CompletableFuture<List<FileWrites.Done>> run(WriteId id, List<Step> steps) {
        if (steps.size() > MAX_STEPS) {
            throw new CraqException(
                    ErrorCode.INVALID_ARGUMENT,
                    "a change has at most " + MAX_STEPS + " steps; this one has " + steps.size());
        }
        if (steps.stream().allMatch(Step.Check.class::isInstance)) {
            throw new CraqException(ErrorCode.INVALID_ARGUMENT, "a change writes something; this one only checks");
        }
        writes.headDriver();
        return attempt(id, steps, MAX_TRIES);
    }

    private CompletableFuture<List<FileWrites.Done>> attempt(WriteId id, List<Step> steps, int tries) {
        Map<Step.Copy, CompletableFuture<FileRecord>> sources = new HashMap<>();
        copies(steps)
                .forEach(copy -> sources.put(
                        copy, files.find(copy.source(), copy.version(), STRONG).thenApply(Answer::value)));
        return CompletableFuture.allOf(sources.values().toArray(CompletableFuture[]::new))
                .handle((done, failure) -> Optional.ofNullable(failure))
                .thenComposeAsync(
                        failure -> {
                            if (failure.isPresent()) {
                                return formerly(id, steps, FileStore.cause(failure.get()));
                            }
                            Map<Step.Copy, FileRecord> found = new HashMap<>();
                            sources.forEach((copy, source) -> found.put(copy, source.join()));
                            return write(id, steps, found, tries);
                        },
                        data);
    }

    private static Stream<Step.Copy> copies(List<Step> steps) {
        return steps.stream().filter(Step.Copy.class::isInstance).map(Step.Copy.class::cast);
    }

    private CompletableFuture<List<FileWrites.Done>> write(
            WriteId id, List<Step> steps, Map<Step.Copy, FileRecord> found, int tries) {
        List<Operation> operations = new ArrayList<>();
        List<Condition> asked = new ArrayList<>();
        List<Condition> own = new ArrayList<>();
        for (Step step : steps) {
            asked.addAll(step.conditions());
            if (step instanceof Step.Copy copy) {
                FileRecord source = found.get(copy);
                operations.add(put(id, copy, source));
                if (copy.removes()) {
                    operations.add(new Operation.Delete(copy.source(), id));
                }
                if (copy.version().isEmpty() && (copy.removes() || steps.size() > 1)) {
                    own.add(new Condition.IsVersion(copy.source(), source.version()));
                }
                copy.version()
                        .ifPresent(version ->
                                own.add(new Condition.IsAbsent(new DeletedVersion(copy.source(), version).note())));
            } else if (step instanceof Step.Delete delete) {
                operations.add(new Operation.Delete(delete.name(), id));
                if (delete.conditions().isEmpty()) {
                    own.add(new Condition.Exists(delete.name()));
                }
            }
        }
        return shared.write(
                        found.values(),
                        () -> Errors.valid(() -> writes.write(
                                id,
                                Fingerprints.change(steps),
                                operations,
                                Stream.concat(asked.stream(), own.stream()).toList())))
                .map(outcome -> outcome.thenCompose(ended -> conclude(id, steps, ended, asked, tries)))
                .orElseGet(() -> again(id, steps, tries));
    }

    /** A source was given up after it had been found; if it was asked for by its version, the next look says so. */
    private CompletableFuture<List<FileWrites.Done>> again(WriteId id, List<Step> steps, int tries) {
        if (tries > 1) {
            return attempt(id, steps, tries - 1);
        }
        throw new CraqException(
                ErrorCode.VERSION_PRUNED,
                "what was to be copied has just been given up: of each file only the newest versions are kept");
    }

    private static Operation.Put put(WriteId id, Step.Copy copy, FileRecord source) {
        // What the source has is not judged again: it may be older than a rule.
        return new Operation.Put(
                copy.name(),
                id,
                source.body().orElseThrow(),
                copy.labels().map(Labels::contentType).orElseGet(source::contentType),
                copy.labels().map(Labels::userMetadata).orElseGet(source::userMetadata));
    }

    /** True when a condition of the caller's is what did not hold. */
    static boolean ofCaller(List<Condition> asked, WriteOutcome.ConditionFailed failed) {
        return asked.contains(failed.condition());
    }

    private CompletableFuture<List<FileWrites.Done>> conclude(
            WriteId id, List<Step> steps, WriteOutcome outcome, List<Condition> asked, int tries) {
        if (outcome instanceof WriteOutcome.ConditionFailed failed) {
            boolean ofCaller = ofCaller(asked, failed);
            if (!ofCaller && failed.newest().isEmpty()) {
                throw new CraqException(ErrorCode.NOT_FOUND, "there is no file '" + failed.name() + "'");
            }
            if (!ofCaller && tries > 1) {
                return attempt(id, steps, tries - 1);
            }
            if (!ofCaller) {
                throw new CraqException(
                        ErrorCode.NOT_SERVING,
                        "'" + failed.name() + "' is written faster than it can be copied; repeat the request");
            }
        }
        return CompletableFuture.completedFuture(done(steps, outcome));
    }

    private List<FileWrites.Done> done(List<Step> steps, WriteOutcome outcome) {
        if (outcome instanceof WriteOutcome.ConditionFailed failed) {
            return List.of(writes.done(failed.name(), outcome));
        }
        return steps.stream()
                .filter(step -> !(step instanceof Step.Check))
                .map(step -> writes.done(step.name(), outcome))
                .toList();
    }

    /** A source is gone, maybe because this very change, asked for before, has moved it: then that is the answer. */
    private CompletableFuture<List<FileWrites.Done>> formerly(WriteId id, List<Step> steps, Throwable failure) {
        return formerly(id, Fingerprints.change(steps), steps.get(0).name(), failure)
                .thenApply(outcome -> done(steps, outcome));
    }

    private CompletableFuture<WriteOutcome> formerly(WriteId id, Fingerprint request, FileName any, Throwable failure) {
        return writes.write(id, request, List.of(), List.of(new Condition.IsVersion(any, FileWrites.NEVER)))
                .thenApply(outcome -> {
                    if (outcome instanceof WriteOutcome.Written || outcome instanceof WriteOutcome.OtherRequest) {
                        return outcome;
                    }
                    throw failure instanceof RuntimeException known ? known : new IllegalStateException(failure);
                });
    }

    /**
     * Deletes one version of a file that newer ones have followed; the others stay. That it has been followed once is enough:
     * it will never be the newest again.
     *
     * @param conditions on this very version, which never changes
     * @return what says so in the log
     * @throws CraqException NOT_HEAD and the like. Ends as NOT_FOUND, VERSION_PRUNED when it has been deleted or given up already,
     *     CHANGE_REFUSED when it is the newest, and as any write
     */
    public CompletableFuture<FileWrites.Done> deleteVersion(
            WriteId id, FileName name, Version version, List<Condition> conditions) {
        writes.headDriver();
        DeletedVersion deleted = new DeletedVersion(name, version);
        Fingerprint request = Fingerprints.deleteVersion(name, version, conditions);
        return files.find(name, Optional.of(version), STRONG)
                .thenCompose(found -> {
                    hold(conditions, found.value());
                    return files.versions(name, Optional.empty(), 1, STRONG);
                })
                .thenCompose(newest -> note(
                        id, request, deleted, newest.value().versions().get(0).version()))
                .exceptionallyCompose(failure -> formerly(id, request, name, FileStore.cause(failure)))
                .thenApply(outcome -> writes.done(deleted.note(), outcome).of(name));
    }

    private static void hold(List<Condition> conditions, FileRecord version) {
        Optional<Found.Newest> addressed = Optional.of(FileStore.newest(version));
        if (!conditions.stream().allMatch(condition -> condition.holds(addressed))) {
            throw new CraqException(
                    ErrorCode.PRECONDITION_FAILED,
                    "version " + version.version() + " of '" + version.name() + "' is not what the conditions ask for");
        }
    }

    private CompletableFuture<WriteOutcome> note(
            WriteId id, Fingerprint request, DeletedVersion deleted, Version newest) {
        if (newest.equals(deleted.version())) {
            throw new CraqException(
                    ErrorCode.CHANGE_REFUSED,
                    "version " + newest + " is the newest of '" + deleted.file()
                            + "', and only older ones are deleted by themselves: delete the file, or put a newer version");
        }
        Operation note = new Operation.Put(deleted.note(), id, FileWrites.nothing(), "", deleted.kept());
        // Of two at the same time both may write it, which does no harm.
        return writes.write(id, request, List.of(note), List.of());
    }
}
