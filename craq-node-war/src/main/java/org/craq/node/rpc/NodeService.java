package org.craq.node.rpc;

import io.grpc.MethodDescriptor;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.craq.core.chain.NodeId;
import org.craq.core.file.FileName;
import org.craq.core.file.Version;
import org.craq.core.replica.Condition;
import org.craq.core.replica.WriteId;
import org.craq.node.content.ContentSessions;
import org.craq.node.files.Changes;
import org.craq.node.files.Contents;
import org.craq.node.files.Cursor;
import org.craq.node.files.FileStore;
import org.craq.node.files.FileWrites;
import org.craq.node.files.Listing;
import org.craq.node.files.RequestedFreshness;
import org.craq.node.files.Step;
import org.craq.node.files.StepRights;
import org.craq.node.files.UserNames;
import org.craq.node.files.Versions;
import org.craq.node.files.WriteIds;
import org.craq.node.threads.Threads;
import org.craq.security.Action;
import org.craq.server.access.Access;
import org.craq.server.access.Guard;
import org.craq.server.access.UserCalls;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.Errors;
import org.craq.wire.v1.ChangeReply;
import org.craq.wire.v1.ChangeRequest;
import org.craq.wire.v1.DeleteRequest;
import org.craq.wire.v1.ListFilesReply;
import org.craq.wire.v1.ListFilesRequest;
import org.craq.wire.v1.ListVersionsReply;
import org.craq.wire.v1.ListVersionsRequest;
import org.craq.wire.v1.NodeGrpc;
import org.craq.wire.v1.ReadHeader;
import org.craq.wire.v1.ReadReply;
import org.craq.wire.v1.ReadRequest;
import org.craq.wire.v1.Receipt;
import org.craq.wire.v1.StatReply;
import org.craq.wire.v1.StatRequest;
import org.craq.wire.v1.WriteReply;
import org.craq.wire.v1.WriteRequest;

/**
 * The node's gRPC service for users, on top of {@link FileStore}. Flow control of writes is manual: the next fragment is requested when the
 * last one has been passed on.
 */
public final class NodeService extends NodeGrpc.NodeImplBase {
    /** Reads up to this length are answered here: a connection to the content port would not pay. */
    private static final long SHORT_READ_BYTES = 1 << 20;

    private final OutgoingRead.All reads;
    private final NodeId self;
    private final FileStore files;
    private final FileWrites writes;
    private final Changes changes;
    private final Contents contents;
    private final StreamWriteCall.Calls writeCalls;
    private final int contentPort;
    private final Optional<ContentSessions> sessions;
    private final Access access;

    /** Who may make which call of users: any user, and the calls ask about files. */
    public static final Map<String, UserCalls.Rule> RULES = NodeGrpc.getServiceDescriptor().getMethods().stream()
            .collect(Collectors.toMap(MethodDescriptor::getFullMethodName, method -> UserCalls.Rule.ANY_USER));

    /**
     * Creates the service.
     *
     * @param contentPort the number of this node's content port; 0 if it has none
     * @param sessions needed on that port; empty if they are not
     * @param access decides what callers may do
     */
    public NodeService(
            NodeId self,
            FileStore files,
            FileWrites writes,
            Changes changes,
            Contents contents,
            WriteReceiver receiver,
            StalledStreams stalled,
            int contentPort,
            Optional<ContentSessions> sessions,
            Threads threads,
            Access access) {
        this.sessions = sessions;
        this.access = access;
        this.self = self;
        this.files = files;
        this.writes = writes;
        this.changes = changes;
        this.contents = contents;
        this.writeCalls = new StreamWriteCall.Calls(receiver, stalled, contentPort, sessions, threads);
        this.reads = new OutgoingRead.All(stalled);
        this.contentPort = contentPort;
    }

    private Guard guard() {
        return Guard.ofCall(access);
    }

    /** Answers once the value is there. Never blocks: the task that completes the value may be queued behind this one in the same pool. */
    private static <T> void answer(CompletableFuture<T> value, StreamObserver<T> answers) {
        value.thenAccept(result -> {
                    answers.onNext(result);
                    answers.onCompleted();
                })
                .exceptionally(failure -> {
                    answers.onError(FileStore.cause(failure));
                    return null;
                });
    }

    // ---- writing ----

    @Override
    public StreamObserver<WriteRequest> streamWrite(StreamObserver<WriteReply> answers) {
        return writeCalls.begin((ServerCallStreamObserver<WriteReply>) answers, guard());
    }

    @Override
    public void delete(DeleteRequest request, StreamObserver<Receipt> answers) {
        FileName name = Errors.valid(() -> UserNames.of(request.getName()));
        Guard guard = guard();
        WriteId id = Errors.valid(() -> WriteIds.of(request.getWriteId(), guard.user()));
        Optional<Version> old = Errors.valid(() -> FileMessages.version(request.hasVersion(), request.getVersion()));
        guard.require(old.isPresent() ? Action.DELETE_VERSION : Action.DELETE, name.value());
        List<Condition> conditions = Errors.valid(() -> FileMessages.conditions(name, request.getPrecondition()));
        if (old.isPresent() && !conditions.isEmpty()) {
            throw new CraqException(
                    ErrorCode.INVALID_ARGUMENT,
                    "a precondition can't be combined with a version to delete: a version never changes");
        }
        answer(
                old.map(version -> changes.deleteVersion(id, name, version, List.of()))
                        .orElseGet(() -> writes.delete(name, id, conditions))
                        .thenApply(FileMessages::receipt),
                answers);
    }

    @Override
    public void change(ChangeRequest request, StreamObserver<ChangeReply> answers) {
        List<Step> steps = Errors.valid(
                () -> request.getStepsList().stream().map(FileMessages::step).toList());
        Guard guard = guard();
        WriteId id = Errors.valid(() -> WriteIds.of(request.getWriteId(), guard.user()));
        StepRights.require(guard, steps);
        answer(
                changes.run(id, steps).thenApply(done -> ChangeReply.newBuilder()
                        .addAllReceipts(done.stream().map(FileMessages::receipt).toList())
                        .build()),
                answers);
    }

    // ---- reading ----

    @Override
    public void stat(StatRequest request, StreamObserver<StatReply> answers) {
        Guard guard = guard();
        guard.require(Action.READ, request.getName());
        answer(
                files.find(
                                Errors.valid(() -> UserNames.of(request.getName())),
                                Errors.valid(() -> FileMessages.version(request.hasVersion(), request.getVersion())),
                                Errors.valid(() -> RequestedFreshness.of(request.getFreshness())))
                        .thenApply(answer -> {
                            guard.again(Action.READ, request.getName());
                            return StatReply.newBuilder()
                                    .setFile(FileMessages.info(answer.value(), files.clean(answer.value())))
                                    .setAnswered(FileMessages.answered(self, answer))
                                    .build();
                        }),
                answers);
    }

    @Override
    public void listFiles(ListFilesRequest request, StreamObserver<ListFilesReply> answers) {
        List<String> readable = access.readableBelow(guard().caller(), request.getPrefix());
        Listing.Question question = Errors.valid(() -> new Listing.Question(
                UserNames.prefix(request.getPrefix()),
                request.getDelimiter(),
                Cursor.decode(request.getCursor()),
                limit(request.getLimit()),
                readable));
        answer(
                files.list(question, Errors.valid(() -> RequestedFreshness.of(request.getFreshness())))
                        .thenApply(answer -> {
                            Listing page = answer.value();
                            ListFilesReply.Builder reply = ListFilesReply.newBuilder()
                                    .setAnswered(FileMessages.answered(self, answer))
                                    .addAllPrefixes(page.prefixes())
                                    .setNextCursor(page.nextCursor());
                            page.files().forEach(file -> reply.addFiles(FileMessages.info(file, files.clean(file))));
                            return reply.build();
                        }),
                answers);
    }

    private static int limit(int asked) {
        if (asked < 0 || asked > FileStore.MAX_PAGE) {
            throw new IllegalArgumentException(
                    "limit must be between 1 and " + FileStore.MAX_PAGE + "; it is " + asked);
        }
        return asked == 0 ? FileStore.MAX_PAGE : asked;
    }

    @Override
    public void listVersions(ListVersionsRequest request, StreamObserver<ListVersionsReply> answers) {
        Guard guard = guard();
        guard.require(Action.READ, request.getName());
        answer(
                files.versions(
                                Errors.valid(() -> UserNames.of(request.getName())),
                                Errors.valid(() -> Versions.before(request.getCursor())),
                                Errors.valid(() -> limit(request.getLimit())),
                                Errors.valid(() -> RequestedFreshness.of(request.getFreshness())))
                        .thenApply(answer -> {
                            guard.again(Action.READ, request.getName());
                            ListVersionsReply.Builder reply = ListVersionsReply.newBuilder()
                                    .setAnswered(FileMessages.answered(self, answer))
                                    .setNextCursor(answer.value().nextCursor());
                            answer.value()
                                    .versions()
                                    .forEach(file ->
                                            reply.addVersions(FileMessages.versionInfo(file, files.clean(file))));
                            return reply.build();
                        }),
                answers);
    }

    @Override
    public void streamRead(ReadRequest request, StreamObserver<ReadReply> answers) {
        var call = (ServerCallStreamObserver<ReadReply>) answers;
        Guard guard = guard();
        guard.require(Action.READ, request.getName());
        OutgoingRead outgoing = reads.begin(call, () -> guard.again(Action.READ, request.getName()));
        RequestedRange.find(files, self, request)
                .thenAccept(found -> {
                    guard.again(Action.READ, request.getName());
                    begin(found, request.getTakesElsewhere(), outgoing, guard);
                })
                .exceptionally(failure -> {
                    call.onError(FileStore.cause(failure));
                    return null;
                });
    }

    private void begin(RequestedRange found, boolean takesElsewhere, OutgoingRead outgoing, Guard guard) {
        boolean elsewhere = takesElsewhere && contentPort != 0 && found.length() > SHORT_READ_BYTES;
        ReadHeader.Builder header = found.header().setContentPort(contentPort).setElsewhere(elsewhere);
        sessions.ifPresent(
                all -> header.setContentSession(all.issue(guard.caller()).toWire()));
        outgoing.begin(
                header.build(), () -> contents.range(found.body(), found.offset(), elsewhere ? 0 : found.length()));
    }
}
