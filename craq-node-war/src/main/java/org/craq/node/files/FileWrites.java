package org.craq.node.files;

import java.util.ArrayList;
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
import org.craq.node.metrics.NodeMeters;
import org.craq.node.replication.ChainDriver;
import org.craq.node.replication.ContentRelay;
import org.craq.node.replication.MemberView;
import org.craq.node.replication.Members;
import org.craq.node.replication.OpenRelays;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/**
 * What changes files, on this node: gRPC and REST are two faces of it. Only the head writes.
 */
public final class FileWrites {
    /** Uploads that may be under way at once. */
    public static final int MAX_UPLOADS = 1024;

    /** No version is ever this one: a condition that nothing meets. */
    static final Version NEVER = new Version(Epoch.NONE, Seq.NONE);

    private final NodeId self;
    private final Members members;
    private final OpenRelays uploads;
    private final UploadPermits longUploads;
    private final NodeMeters meters;
    private final Refusals refusals;

    public FileWrites(NodeId self, Members members, OpenRelays uploads, UploadPermits longUploads, NodeMeters meters) {
        this.self = self;
        this.members = members;
        this.uploads = uploads;
        this.longUploads = longUploads;
        this.meters = meters;
        this.refusals = new Refusals(self, members);
    }

    /** A write that is durable on every serving member. */
    public record Done(FileName name, Version version, Optional<Body> body, Chain chain) {
        /** For later reads that must see this write. */
        public SessionToken session() {
            return new SessionToken(chain.id(), version);
        }

        /** The same under the name of the file that one of the store's own is about. */
        Done of(FileName file) {
            return new Done(file, version, Optional.empty(), chain);
        }

        /** Node ids, head first. */
        public List<String> memberIds() {
            return chain.members().stream().map(Member::node).map(NodeId::value).toList();
        }
    }

    /**
     * Opens an upload; only the head does.
     *
     * @throws CraqException NOT_HEAD, NOT_SERVING, NO_CHAIN, OVERLOADED
     */
    public Upload upload(NewFile file, Supplier<UploadPermits.Turn> turns) {
        return upload(
                file.chunkSize(),
                turns,
                content -> write(file.write(content, lastEntry().chain(), Fingerprints.put(file, content))));
    }

    /** The same of a caller that has a thread to wait with. */
    public Upload upload(NewFile file) {
        return upload(file, longUploads::await);
    }

    /** The same for a write that is decided on when its content is known. */
    public Upload upload(int chunkSize, Function<Content, Write> write) {
        return upload(chunkSize, longUploads::await, content -> write(write.apply(content)));
    }

    /** The same for one whose content gets its place in a way of its own. */
    public Upload upload(
            int chunkSize,
            Supplier<UploadPermits.Turn> turns,
            Function<Content, CompletableFuture<WriteOutcome>> place) {
        ChainDriver driver = headDriver();
        if (uploads.size() >= MAX_UPLOADS) {
            throw new CraqException(
                    ErrorCode.OVERLOADED, "more than " + MAX_UPLOADS + " uploads are under way on this node");
        }
        ContentId id = new ContentId(UUID.randomUUID());
        ContentRelay relay = driver.neighbours().upload(id);
        uploads.opened(relay);
        return new Upload(id, chunkSize, relay, place, meters::received, () -> uploads.closed(relay), turns);
    }

    /** Of the store's own files that say something and have no bytes. */
    public static Body nothing() {
        return Body.of(new Content(new ContentId(UUID.randomUUID()), Content.MAX_CHUNK_SIZE, 0, 0));
    }

    /** The last entry that this node's log had a moment ago: write ids that are made up here are younger. */
    public SessionToken lastEntry() {
        ReplicaReport report = members.onlyDriver().view().report();
        return new SessionToken(report.chain(), new Version(report.lastEpoch(), report.last()));
    }

    /** A write of the store's own that brings no bytes; only the head does it. */
    public CompletableFuture<WriteOutcome> write(WriteId id, List<Operation> operations, List<Condition> conditions) {
        return write(new Write(id, operations, conditions, System.currentTimeMillis()));
    }

    /** The same of a request of somebody's, who may have used the write id for another one. */
    CompletableFuture<WriteOutcome> write(
            WriteId id, Fingerprint request, List<Operation> operations, List<Condition> conditions) {
        return write(new Write(id, operations, conditions, System.currentTimeMillis()).of(request));
    }

    /** Any write whose contents are here; only the head does it. */
    public CompletableFuture<WriteOutcome> write(Write write) {
        long begun = System.nanoTime();
        return headDriver().write(write).whenComplete((outcome, failure) -> meters.written(System.nanoTime() - begun));
    }

    /**
     * Whether a write would fail on its conditions if its place were given now; for before its bytes come. What it says of a failure
     * was true at one moment in the ordered place. What it does not refuse is decided there again, with the bytes.
     *
     * @throws CraqException PRECONDITION_FAILED
     */
    public void foresee(NewFile file) {
        if (file.conditions().isEmpty()) {
            return;
        }
        List<Condition> conditions = new ArrayList<>(file.conditions());
        // Never holds, so that nothing is written; but what an earlier try has written is found first.
        conditions.add(new Condition.IsVersion(file.name(), NEVER));
        Write probe = new Write(file.writeId(), List.of(), conditions, System.currentTimeMillis());
        WriteOutcome outcome = FileStore.await(headDriver().write(probe));
        if (outcome instanceof WriteOutcome.ConditionFailed failed
                && file.conditions().contains(failed.condition())) {
            done(file.name(), outcome);
        }
    }

    /**
     * Writes a tombstone, on the caller's conditions. What is not there is NOT_FOUND whatever they say: conditions count only where
     * the request without them would succeed (RFC 9110 section 13.2.1).
     */
    public CompletableFuture<Done> delete(FileName name, WriteId id, List<Condition> conditions) {
        List<Condition> held = new ArrayList<>(List.of(new Condition.Exists(name)));
        held.addAll(conditions);
        return write(id, Fingerprints.delete(name, conditions), List.of(new Operation.Delete(name, id)), held)
                .thenApply(outcome -> deleted(name, outcome));
    }

    /**
     * The chain that this node takes writes for.
     *
     * @throws CraqException NO_CHAIN, NOT_HEAD, NOT_SERVING
     */
    public ChainDriver headDriver() {
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
            throw refusals.notServing(view);
        }
        return driver;
    }

    /**
     * The good end of a write, or its failure as an exception.
     *
     * @throws CraqException PRECONDITION_FAILED, WRITE_ID_REUSED, OUTCOME_UNKNOWN, or why it was refused
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
                "the write was given a place, but it is not known whether it was kept; repeat it with the same write id");
    }

    private static String since(Condition condition) {
        return condition instanceof Condition.UnmodifiedSince ? ", which is younger than the given date" : "";
    }

    private static CraqException reused() {
        return new CraqException(
                ErrorCode.WRITE_ID_REUSED,
                "this write id (Idempotency-Key) was used for another request before, and nothing was done now;"
                        + " only the very same request is repeated with it, and another one needs an id of its own");
    }

    private Done deleted(FileName name, WriteOutcome outcome) {
        if (outcome instanceof WriteOutcome.ConditionFailed failed
                && failed.newest().isEmpty()) {
            throw new CraqException(ErrorCode.NOT_FOUND, "there is no file '" + name + "'");
        }
        return done(name, outcome);
    }
}
