package org.craq.node.replication;

import com.google.protobuf.UnsafeByteOperations;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.craq.core.chain.NodeId;
import org.craq.core.chain.Seq;
import org.craq.core.file.ContentId;
import org.craq.node.metadata.Metadata;
import org.craq.node.metrics.NodeMeters;
import org.craq.node.store.ChunkLocation;
import org.craq.node.store.ChunkRepair;
import org.craq.node.store.ChunkStore;
import org.craq.node.store.StagedContent;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.Errors;
import org.craq.wire.content.ContentArrays;
import org.craq.wire.content.ContentBytes;
import org.craq.wire.v1.Chunk;
import org.craq.wire.v1.FetchRequest;
import org.craq.wire.v1.FromPredecessor;
import org.craq.wire.v1.FromSuccessor;
import org.craq.wire.v1.PushReply;
import org.craq.wire.v1.PushRequest;
import org.craq.wire.v1.PushStart;
import org.craq.wire.v1.ReplicationGrpc;
import org.craq.wire.v1.VersionAnswer;
import org.craq.wire.v1.VersionQuery;

/**
 * Serves the gRPC calls of the chain's other members. A message is first parsed into values, then its chain, epoch and incarnations are
 * checked. A call that fails either step is rejected here and never reaches the protocol.
 */
public final class ReplicationService extends ReplicationGrpc.ReplicationImplBase {
    /** Bytes that may wait to be sent on a stream of entries before it counts as not ready. */
    private static final int READY_BYTES = 4 << 20;

    private final NodeId self;
    private final Members members;
    private final ChunkStore store;
    private final Metadata metadata;
    private final OpenRelays uploads;
    private final ChunkRepair repair;
    private final NodeMeters meters;

    public ReplicationService(
            NodeId self,
            Members members,
            ChunkStore store,
            Metadata metadata,
            OpenRelays uploads,
            ChunkRepair repair,
            NodeMeters meters) {
        this.self = self;
        this.members = members;
        this.store = store;
        this.metadata = metadata;
        this.uploads = uploads;
        this.repair = repair;
        this.meters = meters;
    }

    private ChainDriver driver(Origin origin) {
        ChainDriver driver = members.driver(origin.chain());
        if (!members.incarnation().equals(origin.receiver())) {
            throw fenced("the message is meant for another incarnation of " + self);
        }
        return driver;
    }

    /** Returns the chain's driver; fails with FENCED unless the sender is a member in the current epoch, under its current incarnation. */
    private ChainDriver driverForMember(Origin origin) {
        ChainDriver driver = driver(origin);
        MemberView view = driver.view();
        boolean current = view.report().epoch().equals(origin.epoch())
                && view.chain()
                        .filter(chain -> chain.has(origin.node(), origin.incarnation()))
                        .isPresent();
        if (!current) {
            throw fenced(
                    "epoch " + origin.epoch() + " of chain " + origin.chain() + " is not the one " + self + " acts in");
        }
        return driver;
    }

    private static CraqException fenced(String message) {
        return new CraqException(ErrorCode.FENCED, message);
    }

    @Override
    public StreamObserver<FromSuccessor> replicate(StreamObserver<FromPredecessor> answers) {
        var call = (ServerCallStreamObserver<FromPredecessor>) answers;
        call.setOnReadyThreshold(READY_BYTES);
        return new StreamObserver<>() {
            private Optional<StreamObserver<FromSuccessor>> stream = Optional.empty();

            @Override
            public void onNext(FromSuccessor message) {
                if (stream.isPresent()) {
                    stream.get().onNext(message);
                } else if (message.hasHello()) {
                    Origin from = Origin.of(message.getHello().getEnvelope());
                    stream = Optional.of(driver(from).successorOpened(from, message.getHello(), call));
                } else {
                    throw noHello();
                }
            }

            @Override
            public void onError(Throwable failure) {
                stream.ifPresent(open -> open.onError(failure));
            }

            @Override
            public void onCompleted() {
                stream.orElseThrow(ReplicationService::noHello).onCompleted();
            }
        };
    }

    private static CraqException noHello() {
        return new CraqException(ErrorCode.INVALID_ARGUMENT, "the stream must begin with a hello");
    }

    @Override
    public void queryVersion(VersionQuery query, StreamObserver<VersionAnswer> answers) {
        Origin from = Origin.of(query.getEnvelope());
        driver(from).versionQuery(from, mark -> {
            if (mark.isPresent()) {
                answers.onNext(VersionAnswer.newBuilder()
                        .setCommitMark(mark.get().value())
                        .build());
                answers.onCompleted();
            } else {
                answers.onError(fenced(self + " does not answer as tail of that epoch"));
            }
        });
    }

    @Override
    public StreamObserver<PushRequest> push(StreamObserver<PushReply> answers) {
        var call = (ServerCallStreamObserver<PushReply>) answers;
        call.disableAutoRequest();
        call.request(1);
        return new PushCall(call);
    }

    /**
     * Begins to receive a content that the predecessor pushes.
     *
     * @throws CraqException INVALID_ARGUMENT, FENCED, NOT_SERVING, STORAGE_FULL
     */
    IncomingPush begin(PushStart start) {
        ContentId id = content(start.getChunkId());
        ChainDriver driver = driverForMember(Origin.of(start.getEnvelope()));
        return new IncomingPush(driver.neighbours().relay(id), uploads, meters);
    }

    /** Receives one push over gRPC; {@link IncomingPush} has its rules. */
    private final class PushCall implements StreamObserver<PushRequest> {
        private final ServerCallStreamObserver<PushReply> call;
        private Optional<IncomingPush> push = Optional.empty();

        PushCall(ServerCallStreamObserver<PushReply> call) {
            this.call = call;
        }

        @Override
        public void onNext(PushRequest request) {
            try {
                if (push.isPresent() && request.hasChunk()) {
                    take(push.get(), request.getChunk());
                } else if (push.isEmpty() && request.hasStart()) {
                    push = Optional.of(begin(request.getStart()));
                } else {
                    throw new CraqException(ErrorCode.INVALID_ARGUMENT, "a push is one start, then chunks");
                }
                push.ifPresent(open -> open.whenReady(() -> call.request(1)));
            } catch (RuntimeException e) {
                push.ifPresent(IncomingPush::abandon);
                throw e;
            }
        }

        private static void take(IncomingPush open, Chunk chunk) {
            open.chunk(chunk.getIndex(), ContentBytes.of(chunk.getData()), chunk.getCrc32C());
            ContentArrays.giveBack(chunk.getData());
        }

        @Override
        public void onError(Throwable failure) {
            push.ifPresent(IncomingPush::abandon);
        }

        @Override
        public void onCompleted() {
            call.onNext(push.map(IncomingPush::complete).orElseGet(PushReply::getDefaultInstance));
            call.onCompleted();
        }
    }

    private static ContentId content(String id) {
        return Errors.valid(() -> new ContentId(UUID.fromString(id)));
    }

    /**
     * The chunks that a member asks for.
     *
     * @param first index of the first chunk
     * @param count number of chunks
     * @param seq seq of the entry that refers to the content; NONE if not known
     */
    private record Fetched(Origin from, ContentId content, int first, int count, Seq seq) {
        /** @throws CraqException INVALID_ARGUMENT */
        static Fetched of(FetchRequest request) {
            if (request.getFirstIndex() < 0 || request.getCount() < 0) {
                throw new CraqException(
                        ErrorCode.INVALID_ARGUMENT,
                        "first_index and count must not be negative; they are " + request.getFirstIndex() + " and "
                                + request.getCount());
            }
            return new Fetched(
                    Origin.of(request.getEnvelope()),
                    ReplicationService.content(request.getChunkId()),
                    request.getFirstIndex(),
                    request.getCount(),
                    Errors.valid(() -> new Seq(request.getSeq())));
        }
    }

    @Override
    public void fetch(FetchRequest message, StreamObserver<Chunk> answers) {
        Fetched request = Fetched.of(message);
        ChainDriver driver = driverForMember(request.from());
        var call = (ServerCallStreamObserver<Chunk>) answers;
        // Read before the lookup: a content that is then missing, and whose entry is at or below this mark, has been
        // forgotten.
        Seq forgotten = driver.view().forgotten();
        List<ChunkLocation> chunks = locate(request);
        if (chunks.isEmpty() && givenUp(request, forgotten)) {
            throw new CraqException(
                    ErrorCode.VERSION_PRUNED, "content " + request.content() + " was pruned by retention");
        }
        if (chunks.isEmpty()) {
            throw new CraqException(
                    ErrorCode.NOT_FOUND,
                    "this member does not have these chunks of content " + request.content() + " yet");
        }
        call.setOnReadyHandler(new FetchPump(call, request, chunks)::run);
    }

    /** Returns true if the content was pruned. The log decides: missing chunks may also mean that they have not arrived yet. */
    private boolean givenUp(Fetched request, Seq forgotten) {
        return request.seq().isAfter(Seq.NONE)
                && metadata.pruned(self, request.from().chain(), request.seq(), request.content())
                        .orElse(!request.seq().isAfter(forgotten));
    }

    private List<ChunkLocation> locate(Fetched request) {
        int first = request.first();
        Optional<StagedContent> staged = store.staged(request.content());
        if (staged.filter(content -> content.size() > first).isPresent()) {
            List<ChunkLocation> chunks = staged.get().chunks();
            return chunks.subList(
                    Math.min(first, chunks.size()), (int) Math.min((long) first + request.count(), chunks.size()));
        }
        return metadata.chunks(self, request.content(), first, request.count());
    }

    /** Sends chunks as fast as the requesting member accepts them. */
    private final class FetchPump {
        private final ServerCallStreamObserver<Chunk> call;
        private final ContentId content;
        private final List<ChunkLocation> chunks;
        private final int first;
        private int sent;

        FetchPump(ServerCallStreamObserver<Chunk> call, Fetched request, List<ChunkLocation> chunks) {
            this.call = call;
            this.content = request.content();
            this.chunks = chunks;
            this.first = request.first();
        }

        void run() {
            while (sent < chunks.size() && call.isReady()) {
                ChunkLocation location = chunks.get(sent);
                ByteBuffer bytes = read(first + sent, location);
                call.onNext(Chunk.newBuilder()
                        .setIndex(first + sent)
                        .setData(UnsafeByteOperations.unsafeWrap(bytes))
                        .setCrc32C(location.crc32c())
                        .build());
                sent++;
                if (sent == chunks.size()) {
                    call.onCompleted();
                }
            }
        }

        /**
         * Reads a chunk, from its new place if it has moved meanwhile. A damaged chunk is queued for repair and the call fails; the
         * requesting member can ask another one.
         */
        private ByteBuffer read(int index, ChunkLocation location) {
            try {
                return store.read(location);
            } catch (CraqException damaged) {
                List<ChunkLocation> now = metadata.chunks(self, content, index, 1);
                if (now.isEmpty() || now.get(0).equals(location)) {
                    repair.suspect(content, index);
                    throw damaged;
                }
                return store.read(now.get(0));
            }
        }
    }
}
