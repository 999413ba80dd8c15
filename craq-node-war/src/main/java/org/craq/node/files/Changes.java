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
 * Copies, moves, deletions and checks of files, several of them in one atomic log entry; also deletions of single old versions. Only
 * the head accepts them. A copy refers to the contents of its source, and no bytes are copied.
 *
 * <p>Sources are looked up before the entry gets its place in the log; conditions ensure that they are still the same then.
 */
public final class Changes {
    /** Maximum number of steps of one change. */
    public static final int MAX_STEPS = 100;

    /** Attempts when sources are written so fast that they change before the change gets its place in the log. */
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
     * Executes all steps atomically, or none. Each step sees the files as they were before the change.
     *
     * @return the receipts of the steps that write, in order. Ends as NOT_FOUND or VERSION_PRUNED when a source does not exist, as
     *     PRECONDITION_FAILED, and like any write
     * @throws CraqException INVALID_ARGUMENT when there are too many steps or none writes; NOT_HEAD, NOT_SERVING, NO_CHAIN
     */
    public CompletableFuture<List<FileWrites.Done>> run(WriteId id, List<Step> steps) {
        if (steps.size() > MAX_STEPS) {
            throw new CraqException(
                    ErrorCode.INVALID_ARGUMENT,
                    "a change has at most " + MAX_STEPS + " steps; this one has " + steps.size());
        }
        if (steps.stream().allMatch(Step.Check.class::isInstance)) {
            throw new CraqException(ErrorCode.INVALID_ARGUMENT, "a change must write something; this one only checks");
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
                                Stream.concat(asked.stream(), own.stream()).toList(),
                                found.values())))
                .map(outcome -> outcome.thenCompose(ended -> conclude(id, steps, ended, asked, tries)))
                .orElseGet(() -> again(id, steps, tries));
    }

    /** Tries again after a source was pruned between its lookup and the write. */
    private CompletableFuture<List<FileWrites.Done>> again(WriteId id, List<Step> steps, int tries) {
        if (tries > 1) {
            return attempt(id, steps, tries - 1);
        }
        throw new CraqException(
                ErrorCode.VERSION_PRUNED,
                "the version to be copied has just been pruned: only the newest versions of each file are kept");
    }

    private static Operation.Put put(WriteId id, Step.Copy copy, FileRecord source) {
        // The source's own labels are not validated again: they may predate a rule.
        return new Operation.Put(
                copy.name(),
                id,
                source.body().orElseThrow(),
                copy.labels().map(Labels::contentType).orElseGet(source::contentType),
                copy.labels().map(Labels::userMetadata).orElseGet(source::userMetadata));
    }

    /** True when the condition that failed is one of the caller's. */
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
                        "'" + failed.name() + "' is being written faster than it can be copied; repeat the request");
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

    /** A source does not exist, perhaps because an earlier attempt of this change moved it; then returns that attempt's result. */
    private CompletableFuture<List<FileWrites.Done>> formerly(WriteId id, List<Step> steps, Throwable failure) {
        return writes.formerly(
                        id,
                        Optional.of(Fingerprints.change(steps)),
                        steps.get(0).name(),
                        failure)
                .thenApply(outcome -> done(steps, outcome));
    }

    /**
     * Deletes one version of a file, which must not be its newest, and keeps the others. A version that is not the newest at the
     * lookup can never become the newest again.
     *
     * @param conditions evaluated against this version, which never changes
     * @return the receipt of the deletion. Ends as NOT_FOUND, VERSION_PRUNED when the version has already been deleted or pruned,
     *     CHANGE_REFUSED when it is the newest, PRECONDITION_FAILED, and like any write
     * @throws CraqException NOT_HEAD, NOT_SERVING, NO_CHAIN
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
                .exceptionallyCompose(
                        failure -> writes.formerly(id, Optional.of(request), name, FileStore.cause(failure)))
                .thenApply(outcome -> writes.done(deleted.note(), outcome).of(name));
    }

    private static void hold(List<Condition> conditions, FileRecord version) {
        Optional<Found.Newest> addressed = Optional.of(FileStore.newest(version));
        if (!conditions.stream().allMatch(condition -> condition.holds(addressed))) {
            throw new CraqException(
                    ErrorCode.PRECONDITION_FAILED,
                    "version " + version.version() + " of '" + version.name() + "' does not meet the conditions");
        }
    }

    private CompletableFuture<WriteOutcome> note(
            WriteId id, Fingerprint request, DeletedVersion deleted, Version newest) {
        if (newest.equals(deleted.version())) {
            throw new CraqException(
                    ErrorCode.CHANGE_REFUSED,
                    "version " + newest + " is the newest of '" + deleted.file()
                            + "', and only older ones can be deleted individually: delete the file, or put a newer version");
        }
        Operation note = new Operation.Put(deleted.note(), id, FileWrites.nothing(), "", deleted.kept());
        // Two concurrent deletions may both write the note, which is harmless.
        return writes.write(id, request, List.of(note), List.of());
    }
}
