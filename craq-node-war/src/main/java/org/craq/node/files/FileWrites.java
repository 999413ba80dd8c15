package org.craq.node.files;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.craq.core.chain.Chain;
import org.craq.core.chain.Epoch;
import org.craq.core.chain.Member;
import org.craq.core.chain.NodeId;
import org.craq.core.chain.ReplicaReport;
import org.craq.core.chain.Seq;
import org.craq.core.file.Body;
import org.craq.core.file.Content;
import org.craq.core.file.ContentId;
import org.craq.core.file.FileName;
import org.craq.core.file.Version;
import org.craq.core.replica.Condition;
import org.craq.core.replica.Fingerprint;
import org.craq.core.replica.Operation;
import org.craq.core.replica.SessionToken;
import org.craq.core.replica.Write;
import org.craq.core.replica.WriteId;
import org.craq.core.replica.WriteOutcome;
import org.craq.node.metadata.FileRecord;
import org.craq.node.metrics.NodeMeters;
import org.craq.node.replication.ChainDriver;
import org.craq.node.replication.ContentRelay;
import org.craq.node.replication.MemberView;
import org.craq.node.replication.Members;
import org.craq.node.replication.OpenRelays;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/**
 * Writes of files as users see them, on this node; gRPC, REST and the content port all use it. Only the head accepts writes.
 */
public final class FileWrites {
    /** Maximum number of concurrent uploads. */
    public static final int MAX_UPLOADS = 1024;

    /** No file ever has this version, so a condition on it never holds. */
    static final Version NEVER = new Version(Epoch.NONE, Seq.NONE);

    private final NodeId self;
    private final Members members;
    private final OpenRelays uploads;
    private final UploadPermits uploadPermits;
    private final NodeMeters meters;
    private final Quotas quotas;
    private final Refusals refusals;

    public FileWrites(
            NodeId self,
            Members members,
            OpenRelays uploads,
            UploadPermits uploadPermits,
            NodeMeters meters,
            Quotas quotas) {
        this.self = self;
        this.members = members;
        this.uploads = uploads;
        this.uploadPermits = uploadPermits;
        this.meters = meters;
        this.quotas = quotas;
        this.refusals = new Refusals(self, members);
    }

    /** A write that is durable on every serving member. */
    public record Done(FileName name, Version version, Optional<Body> body, Chain chain) {
        /** Returns the token for later reads that must see this write. */
        public SessionToken session() {
            return new SessionToken(chain.id(), version);
        }

        /** Returns this receipt under the user's file name instead of that of the store's own note about it. */
        Done of(FileName file) {
            return new Done(file, version, Optional.empty(), chain);
        }

        /** Returns the ids of the chain's nodes, head first. */
        public List<String> memberIds() {
            return chain.members().stream().map(Member::node).map(NodeId::value).toList();
        }
    }

    /**
     * Opens an upload of a new version, on the head only.
     *
     * @param permits supplies the permit as soon as the upload exceeds {@link UploadPermits#SHORT_BYTES}
     * @throws CraqException NOT_HEAD, NOT_SERVING, NO_CHAIN, OVERLOADED
     */
    public Upload upload(NewFile file, Supplier<UploadPermits.Permit> permits) {
        return upload(
                file,
                file.chunkSize(),
                permits,
                content -> write(file.write(content, lastEntry().chain(), Fingerprints.put(file, content))));
    }

    /** Opens an upload of bytes for a file, of which {@code place} submits the write. */
    Upload upload(
            NewFile file,
            int chunkSize,
            Supplier<UploadPermits.Permit> permits,
            Function<Content, CompletableFuture<WriteOutcome>> place) {
        return upload(quotas.open(file.name(), () -> isKnown(file.writeId(), file.name())), chunkSize, permits, place);
    }

    private boolean isKnown(WriteId id, FileName any) {
        return isFormer(FileStore.await(probe(id, Optional.empty(), any)));
    }

    /** Opens an upload of a new version; the upload blocks its caller until it gets a permit. */
    public Upload upload(NewFile file, String user) {
        return upload(file, () -> uploadPermits.await(user));
    }

    /** Opens an upload whose write is built once its content is known; it blocks its caller until it gets a permit. */
    public Upload upload(FileName name, int chunkSize, String user, Function<Content, Write> write) {
        return upload(name, chunkSize, () -> uploadPermits.await(user), write);
    }

    /**
     * Returns the receipt of a write that has already been carried out, by its write id.
     *
     * @throws CraqException UPLOAD_EXPIRED when the log does not know it any more, WRITE_ID_REUSED when it was another request
     */
    public Done repeated(NewFile file, Fingerprint request) {
        WriteOutcome outcome = FileStore.await(probe(file.writeId(), Optional.of(request), file.name()));
        if (outcome instanceof WriteOutcome.ConditionFailed) {
            throw new CraqException(
                    ErrorCode.UPLOAD_EXPIRED,
                    "'" + file.name()
                            + "' was stored under this write id so long ago that its receipt is no longer known");
        }
        return done(file.name(), outcome);
    }

    /**
     * Opens an upload, on the head only.
     *
     * @param name the file for whose quotas its bytes count
     * @param permits supplies the permit as soon as the upload exceeds {@link UploadPermits#SHORT_BYTES}
     * @param write builds the write once the content is complete
     * @throws CraqException NOT_HEAD, NOT_SERVING, NO_CHAIN, OVERLOADED. The upload may also end as QUOTA_EXCEEDED
     */
    public Upload upload(
            FileName name, int chunkSize, Supplier<UploadPermits.Permit> permits, Function<Content, Write> write) {
        return upload(quotas.open(name, () -> false), chunkSize, permits, content -> write(write.apply(content)));
    }

    private Upload upload(
            Quotas.Claim quota,
            int chunkSize,
            Supplier<UploadPermits.Permit> permits,
            Function<Content, CompletableFuture<WriteOutcome>> place) {
        ChainDriver driver = headDriver();
        if (uploads.size() >= MAX_UPLOADS) {
            throw new CraqException(
                    ErrorCode.OVERLOADED, MAX_UPLOADS + " uploads are already in progress on this node");
        }
        ContentId id = new ContentId(UUID.randomUUID());
        ContentRelay relay = driver.neighbours().upload(id);
        uploads.opened(relay);
        return new Upload(id, chunkSize, relay, place, meters::received, () -> uploads.closed(relay), permits, quota);
    }

    /** Returns an empty body, for the store's own files that carry only metadata. */
    public static Body nothing() {
        return Body.of(new Content(new ContentId(UUID.randomUUID()), Content.MAX_CHUNK_SIZE, 0, 0));
    }

    /** Returns the last entry of this node's log; write ids generated from now on are younger than it. */
    public SessionToken lastEntry() {
        ReplicaReport report = members.onlyDriver().view().report();
        return new SessionToken(report.chain(), new Version(report.lastEpoch(), report.last()));
    }

    /** Submits one of the store's own writes, without new content; on the head only. */
    public CompletableFuture<WriteOutcome> write(WriteId id, List<Operation> operations, List<Condition> conditions) {
        return write(new Write(id, operations, conditions, System.currentTimeMillis()));
    }

    /** Submits a client's write without new content; the fingerprint detects a write id that was used for another request. */
    CompletableFuture<WriteOutcome> write(
            WriteId id, Fingerprint request, List<Operation> operations, List<Condition> conditions) {
        return write(id, request, operations, conditions, List.of());
    }

    /**
     * Submits a client's write without new content.
     *
     * @param sources versions whose contents it uses
     */
    CompletableFuture<WriteOutcome> write(
            WriteId id,
            Fingerprint request,
            List<Operation> operations,
            List<Condition> conditions,
            Collection<FileRecord> sources) {
        return write(new Write(id, operations, conditions, System.currentTimeMillis()).of(request), sources);
    }

    /** Submits a write whose contents are complete on this node; on the head only. */
    public CompletableFuture<WriteOutcome> write(Write write) {
        return write(write, List.of());
    }

    /**
     * Submits a write whose contents are complete on this node; on the head only.
     *
     * @param sources versions whose contents it uses
     * @return ends as QUOTA_EXCEEDED unless the write was carried out before
     */
    public CompletableFuture<WriteOutcome> write(Write write, Collection<FileRecord> sources) {
        ChainDriver driver = headDriver();
        Quotas.Claim claim;
        try {
            claim = quotas.claim(write, sources);
        } catch (CraqException e) {
            return formerly(
                    write.id(), write.request(), write.operations().get(0).name(), e);
        }
        long begun = System.nanoTime();
        CompletableFuture<WriteOutcome> outcome;
        try {
            outcome = driver.write(write);
        } catch (RuntimeException e) {
            claim.release();
            throw e;
        }
        return outcome.whenComplete((ended, failure) -> {
            claim.settle(ended, failure);
            meters.written(System.nanoTime() - begun);
        });
    }

    /**
     * Returns the outcome of an earlier attempt of a write that can't be carried out now, by its write id.
     *
     * @param any a file
     * @param failure how the result ends if there was no such attempt
     */
    CompletableFuture<WriteOutcome> formerly(
            WriteId id, Optional<Fingerprint> request, FileName any, Throwable failure) {
        return probe(id, request, any).thenApply(outcome -> {
            if (isFormer(outcome)) {
                return outcome;
            }
            throw failure instanceof RuntimeException known ? known : new IllegalStateException(failure);
        });
    }

    private CompletableFuture<WriteOutcome> probe(WriteId id, Optional<Fingerprint> request, FileName any) {
        // This condition never holds, so nothing is written; but the result of an earlier attempt is found first.
        List<Condition> never = List.of(new Condition.IsVersion(any, NEVER));
        Write probe = new Write(id, List.of(), never, System.currentTimeMillis());
        return headDriver().write(request.map(probe::of).orElse(probe));
    }

    private static boolean isFormer(WriteOutcome outcome) {
        return outcome instanceof WriteOutcome.Written || outcome instanceof WriteOutcome.OtherRequest;
    }

    /**
     * Checks before any byte has come that a file of a length may be stored.
     *
     * @throws CraqException QUOTA_EXCEEDED, or NOT_SERVING while this node is counting
     */
    public void requireRoom(FileName name, long length) {
        Quotas.Claim claim = quotas.open(name, () -> false);
        claim.take(length);
        claim.release();
    }

    /**
     * Checks the conditions of a write before its bytes are received. A failure is decided in the log's order, so it is a valid
     * answer. If the check passes, the conditions are evaluated again when the write is submitted with its bytes.
     *
     * @throws CraqException PRECONDITION_FAILED when a condition does not hold now
     */
    public void foresee(NewFile file) {
        if (file.conditions().isEmpty()) {
            return;
        }
        List<Condition> conditions = new ArrayList<>(file.conditions());
        // This condition never holds, so nothing is written; but the result of an earlier attempt is still found first.
        conditions.add(new Condition.IsVersion(file.name(), NEVER));
        Write probe = new Write(file.writeId(), List.of(), conditions, System.currentTimeMillis());
        WriteOutcome outcome = FileStore.await(headDriver().write(probe));
        if (outcome instanceof WriteOutcome.ConditionFailed failed
                && file.conditions().contains(failed.condition())) {
            done(file.name(), outcome);
        }
    }

    /**
     * Writes a tombstone if the caller's conditions hold. If the file does not exist, ends as NOT_FOUND whatever the conditions are:
     * they count only where the request would succeed without them (RFC 9110 section 13.2.1).
     */
    public CompletableFuture<Done> delete(FileName name, WriteId id, List<Condition> conditions) {
        List<Condition> held = new ArrayList<>(List.of(new Condition.Exists(name)));
        held.addAll(conditions);
        return write(id, Fingerprints.delete(name, conditions), List.of(new Operation.Delete(name, id)), held)
                .thenApply(outcome -> deleted(name, outcome));
    }

    /**
     * Returns the driver of the chain whose head this node is.
     *
     * @throws CraqException NO_CHAIN, NOT_HEAD, NOT_SERVING
     */
    public ChainDriver headDriver() {
        ChainDriver driver = members.onlyDriver();
        MemberView view = driver.view();
        if (view.chain().isEmpty()) {
            throw new CraqException(ErrorCode.NO_CHAIN, "node " + self + " is not a member of a chain yet");
        }
        Member head = view.chain().get().head();
        if (!head.node().equals(self)) {
            throw new CraqException(
                    ErrorCode.NOT_HEAD, "node " + self + " accepts no writes; " + head.node() + " is the head");
        }
        if (!view.serves()) {
            throw refusals.notServing(view);
        }
        return driver;
    }

    /**
     * Returns the receipt of a successful write, or throws its failure.
     *
     * @throws CraqException PRECONDITION_FAILED, WRITE_ID_REUSED, OUTCOME_UNKNOWN, or the reason why it was refused
     */
    public Done done(FileName name, WriteOutcome outcome) {
        if (outcome instanceof WriteOutcome.Written written) {
            Operation operation = written.operations().stream()
                    .filter(candidate -> candidate.name().equals(name))
                    .findFirst()
                    .orElseThrow(FileWrites::reused);
            Chain chain = members.onlyDriver()
                    .view()
                    .chain()
                    .orElseThrow(() -> new CraqException(ErrorCode.OUTCOME_UNKNOWN, "the node left the chain"));
            Optional<Body> body = operation instanceof Operation.Put put ? Optional.of(put.body()) : Optional.empty();
            return new Done(name, written.version(), body, chain);
        }
        if (outcome instanceof WriteOutcome.ConditionFailed failed) {
            throw new CraqException(
                    ErrorCode.PRECONDITION_FAILED,
                    failed.newest()
                            .map(version -> "'" + name + "' is at version " + version + since(failed.condition()))
                            .orElse("'" + name + "' does not exist"));
        }
        if (outcome instanceof WriteOutcome.OtherRequest) {
            throw reused();
        }
        if (outcome instanceof WriteOutcome.Refused refused) {
            throw refusals.of(refused.reason());
        }
        throw new CraqException(
                ErrorCode.OUTCOME_UNKNOWN,
                "the write was added to the log, but whether it was kept is unknown; repeat it with the same write id");
    }

    private static String since(Condition condition) {
        return condition instanceof Condition.UnmodifiedSince ? ", which is newer than the given date" : "";
    }

    private static CraqException reused() {
        return new CraqException(
                ErrorCode.WRITE_ID_REUSED,
                "this write id (Idempotency-Key) was already used for another request, and nothing was changed;"
                        + " reuse an id only to repeat exactly the same request");
    }

    private Done deleted(FileName name, WriteOutcome outcome) {
        if (outcome instanceof WriteOutcome.ConditionFailed failed
                && failed.newest().isEmpty()) {
            throw new CraqException(ErrorCode.NOT_FOUND, "there is no file '" + name + "'");
        }
        return done(name, outcome);
    }
}
