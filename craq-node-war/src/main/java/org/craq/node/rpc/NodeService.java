package org.craq.node.rpc;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.craq.core.chain.NodeId;
import org.craq.core.file.FileName;
import org.craq.core.file.Version;
import org.craq.core.replica.Condition;
import org.craq.core.replica.WriteId;
import org.craq.node.files.Appends;
import org.craq.node.files.Changes;
import org.craq.node.files.Contents;
import org.craq.node.files.Cursor;
import org.craq.node.files.FileStore;
import org.craq.node.files.FileWrites;
import org.craq.node.files.Listing;
import org.craq.node.files.NewFile;
import org.craq.node.files.RequestedFreshness;
import org.craq.node.files.Step;
import org.craq.node.files.Upload;
import org.craq.node.files.UploadPermits;
import org.craq.node.files.UserNames;
import org.craq.node.files.Versions;
import org.craq.node.files.WriteIds;
import org.craq.wire.ContentArrays;
import org.craq.wire.ContentBytes;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.Errors;
import org.craq.wire.Progress;
import org.craq.wire.v1.ChangeReply;
import org.craq.wire.v1.ChangeRequest;
import org.craq.wire.v1.DeleteRequest;
import org.craq.wire.v1.Fragment;
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
import org.craq.wire.v1.Turn;
import org.craq.wire.v1.WriteHeader;
import org.craq.wire.v1.WriteReply;
import org.craq.wire.v1.WriteRequest;

/** The gRPC face of {@link FileStore}. Flow control is manual: a fragment is asked for when the last one has been passed on. */
public final class NodeService extends NodeGrpc.NodeImplBase {
    /** What is not worth another connection. */
    private static final long SHORT_READ_BYTES = 1 << 20;

    private final OutgoingRead.All reads;
    private final NodeId self;
    private final FileStore files;
    private final FileWrites writes;
    private final Changes changes;
    private final Appends appends;
    private final UploadPermits longUploads;
    private final Contents contents;
    private final StalledStreams stalled;
    private final int contentPort;
    private final Executor data;

    /** @param contentPort of a {@link ContentPort}; 0: there is none */
    public NodeService(
            NodeId self,
            FileStore files,
            FileWrites writes,
            Changes changes,
            Appends appends,
            UploadPermits longUploads,
            Contents contents,
            StalledStreams stalled,
            int contentPort,
            Executor data) {
        this.self = self;
        this.files = files;
        this.writes = writes;
        this.changes = changes;
        this.appends = appends;
        this.longUploads = longUploads;
        this.contents = contents;
        this.stalled = stalled;
        this.reads = new OutgoingRead.All(stalled);
        this.contentPort = contentPort;
        this.data = data;
    }

    /** Never waits: the thread that would bring the result may be this one's neighbour in a full pool. */
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
        var call = (ServerCallStreamObserver<WriteReply>) answers;
        call.disableAutoRequest();
        Incoming incoming = new Incoming(call);
        call.request(1);
        return incoming;
    }

    /** States: before the header -> in line, with a long content -> open -> finished; ended from any of them. */
    private final class Incoming implements StreamObserver<WriteRequest>, StalledStreams.Watched {
        private final ServerCallStreamObserver<WriteReply> call;
        private Optional<NewFile> file = Optional.empty();
        private boolean adds;
        private volatile Optional<UploadPermits.Turn> turn = Optional.empty();
        private volatile Optional<Upload> upload = Optional.empty();
        private boolean finished;
        private boolean ended;
        private final Progress progress = Progress.ofThisCall();
        private volatile boolean clientsTurn = true;
        private volatile long lastProgress = System.nanoTime();

        Incoming(ServerCallStreamObserver<WriteReply> call) {
            this.call = call;
            call.setOnCancelHandler(this::abandon);
            stalled.watch(this);
        }

        @Override
        public synchronized void onNext(WriteRequest request) {
            clientsTurn = false;
            try {
                take(request);
            } catch (RuntimeException e) {
                abandon();
                throw e;
            }
        }

        private void take(WriteRequest request) {
            switch (request.getPartCase()) {
                case HEADER -> {
                    if (file.isPresent()) {
                        throw new CraqException(ErrorCode.INVALID_ARGUMENT, "a second header in one stream");
                    }
                    open(request.getHeader());
                }
                case FRAGMENT -> {
                    Fragment fragment = request.getFragment();
                    begun().append(fragment.getOffset(), ContentBytes.of(fragment.getData()), fragment.getCrc32C());
                    ContentArrays.giveBack(fragment.getData());
                    begun().whenReady(this::ask);
                }
                case TRAILER -> {
                    finished = true;
                    stalled.forget(this);
                    begun().finish(
                                    request.getTrailer().getLength(),
                                    request.getTrailer().getCrc32C())
                            .thenApply(outcome -> FileMessages.receipt(
                                    writes.done(file.orElseThrow().name(), outcome)))
                            .whenCompleteAsync(this::conclude, data)
                            .exceptionally(failure -> null);
                    call.request(1);
                }
                case PART_NOT_SET ->
                    throw new CraqException(
                            ErrorCode.INVALID_ARGUMENT, "a message without header, fragment or trailer");
            }
        }

        /** From now on it is the client that is waited for. */
        private void ask() {
            lastProgress = System.nanoTime();
            clientsTurn = true;
            call.request(1);
        }

        private Upload begun() {
            return upload.orElseThrow(
                    () -> new CraqException(ErrorCode.INVALID_ARGUMENT, "the stream must begin with a header"));
        }

        private void open(WriteHeader header) {
            NewFile wanted = FileMessages.newFile(header);
            file = Optional.of(wanted);
            adds = header.getAppends();
            if (header.getAwaitsTurn()) {
                writes.headDriver();
                turn = Optional.of(longUploads.take(() -> data.execute(this::goOn)));
            } else {
                upload = Optional.of(upload(wanted, longUploads::takeNow));
                ask();
            }
        }

        private Upload upload(NewFile wanted, Supplier<UploadPermits.Turn> turns) {
            return adds ? appends.upload(wanted, turns) : writes.upload(wanted, turns);
        }

        /** It is this one's turn. */
        private synchronized void goOn() {
            if (ended) {
                return;
            }
            try {
                UploadPermits.Turn mine = turn.orElseThrow();
                upload = Optional.of(upload(file.orElseThrow(), () -> mine));
                call.onNext(turnReply(true));
                ask();
            } catch (RuntimeException e) {
                abandon();
                call.onError(e);
            }
        }

        @Override
        public synchronized boolean inLine() {
            boolean waits = turn.isPresent() && upload.isEmpty() && !ended;
            if (waits) {
                call.onNext(turnReply(false));
            }
            return waits;
        }

        private WriteReply.Builder reply() {
            return WriteReply.newBuilder().setContentPort(contentPort);
        }

        private WriteReply turnReply(boolean come) {
            return reply().setTurn(Turn.newBuilder().setCome(come)).build();
        }

        private synchronized void conclude(Receipt receipt, Throwable failure) {
            end();
            if (failure != null) {
                call.onError(FileStore.cause(failure));
            } else if (!call.isCancelled()) {
                call.onNext(reply().setReceipt(receipt).build());
                call.onCompleted();
            }
        }

        private void end() {
            ended = true;
            turn.ifPresent(UploadPermits.Turn::close);
        }

        private synchronized void abandon() {
            stalled.forget(this);
            upload.ifPresent(Upload::abandon);
            end();
        }

        @Override
        public long lastProgress() {
            long asked = lastProgress;
            return clientsTurn ? Math.max(asked, progress.within().orElse(asked)) : System.nanoTime();
        }

        @Override
        public boolean othersWait(boolean forTurns) {
            // A client that was told of its turn holds it before its first byte.
            return forTurns
                    && upload.filter(begun -> turn.isPresent() || begun.holdsTurn())
                            .isPresent();
        }

        @Override
        public synchronized void giveUp(String reason) {
            abandon();
            call.onError(new CraqException(ErrorCode.UPLOAD_ABANDONED, reason + "; nothing was written"));
        }

        @Override
        public void onError(Throwable failure) {
            abandon();
        }

        @Override
        public void onCompleted() {
            if (!finished) {
                abandon();
                throw new CraqException(
                        ErrorCode.INVALID_ARGUMENT, "the stream ended without a trailer; nothing was written");
            }
        }
    }

    @Override
    public void delete(DeleteRequest request, StreamObserver<Receipt> answers) {
        FileName name = Errors.valid(() -> UserNames.of(request.getName()));
        WriteId id = Errors.valid(() -> WriteIds.of(request.getWriteId()));
        Optional<Version> old = Errors.valid(() -> FileMessages.version(request.hasVersion(), request.getVersion()));
        List<Condition> conditions = Errors.valid(() -> FileMessages.conditions(name, request.getPrecondition()));
        if (old.isPresent() && !conditions.isEmpty()) {
            throw new CraqException(
                    ErrorCode.INVALID_ARGUMENT, "a version is deleted without a precondition: it never changes");
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
        answer(
                changes.run(Errors.valid(() -> WriteIds.of(request.getWriteId())), steps)
                        .thenApply(done -> ChangeReply.newBuilder()
                                .addAllReceipts(
                                        done.stream().map(FileMessages::receipt).toList())
                                .build()),
                answers);
    }

    // ---- reading ----

    @Override
    public void stat(StatRequest request, StreamObserver<StatReply> answers) {
        answer(
                files.find(
                                Errors.valid(() -> UserNames.of(request.getName())),
                                Errors.valid(() -> FileMessages.version(request.hasVersion(), request.getVersion())),
                                Errors.valid(() -> RequestedFreshness.of(request.getFreshness())))
                        .thenApply(answer -> StatReply.newBuilder()
                                .setFile(FileMessages.info(answer.value(), files.clean(answer.value())))
                                .setAnswered(FileMessages.answered(self, answer))
                                .build()),
                answers);
    }

    @Override
    public void listFiles(ListFilesRequest request, StreamObserver<ListFilesReply> answers) {
        Listing.Question question = Errors.valid(() -> new Listing.Question(
                UserNames.prefix(request.getPrefix()),
                request.getDelimiter(),
                Cursor.decode(request.getCursor()),
                limit(request.getLimit())));
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
                    "limit must lie between 1 and " + FileStore.MAX_PAGE + "; it is " + asked);
        }
        return asked == 0 ? FileStore.MAX_PAGE : asked;
    }

    @Override
    public void listVersions(ListVersionsRequest request, StreamObserver<ListVersionsReply> answers) {
        answer(
                files.versions(
                                Errors.valid(() -> UserNames.of(request.getName())),
                                Errors.valid(() -> Versions.before(request.getCursor())),
                                Errors.valid(() -> limit(request.getLimit())),
                                Errors.valid(() -> RequestedFreshness.of(request.getFreshness())))
                        .thenApply(answer -> {
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
        OutgoingRead outgoing = reads.begin(call);
        RequestedRange.find(files, self, request)
                .thenAccept(found -> begin(found, request.getTakesElsewhere(), outgoing))
                .exceptionally(failure -> {
                    call.onError(FileStore.cause(failure));
                    return null;
                });
    }

    private void begin(RequestedRange found, boolean takesElsewhere, OutgoingRead outgoing) {
        boolean elsewhere = takesElsewhere && contentPort != 0 && found.length() > SHORT_READ_BYTES;
        ReadHeader header = found.header()
                .setContentPort(contentPort)
                .setElsewhere(elsewhere)
                .build();
        outgoing.begin(header, () -> contents.range(found.body(), found.offset(), elsewhere ? 0 : found.length()));
    }
}
