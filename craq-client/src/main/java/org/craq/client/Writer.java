package org.craq.client;

import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongConsumer;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.content.ContentConnections;
import org.craq.wire.v1.ChangeRequest;
import org.craq.wire.v1.DeleteRequest;
import org.craq.wire.v1.NodeGrpc;
import org.craq.wire.v1.NodeGrpc.NodeBlockingStub;
import org.craq.wire.v1.Step;
import org.craq.wire.v1.WriteHeader;

/** Performs writes at the head of a chain: puts, appends, deletes and changes. All attempts of a write use the same write id. */
final class Writer {
    private final Channels channels;
    private final ContentConnections<Peer> connections;
    private final Retry retry;
    private final Duration progressTimeout;
    /** The session token of a recent receipt; empty before the first one. */
    private volatile String told = "";

    Writer(Channels channels, ContentConnections<Peer> connections, Retry retry, Duration progressTimeout) {
        this.channels = channels;
        this.connections = connections;
        this.retry = retry;
        this.progressTimeout = progressTimeout;
    }

    Receipt put(String name, Source source, PutOptions options) throws IOException {
        return upload("put '" + name + "'", name, source, options, false);
    }

    Receipt append(String name, Source source, PutOptions options) throws IOException {
        return upload("append to '" + name + "'", name, source, options, true);
    }

    private Receipt upload(String what, String name, Source source, PutOptions options, boolean appends)
            throws IOException {
        // The token is read before the write id is generated: an id must not be declared younger than a token that was
        // issued after it.
        String before = told;
        UUID writeId = options.writeId().orElseGet(UUID::randomUUID);
        WriteHeader header = header(name, writeId, options)
                .setAppends(appends)
                .setYoungerThan(options.writeId().isPresent() ? "" : before)
                .build();
        Furthest furthest = new Furthest(options.progress());
        Receipt receipt =
                retry.<Receipt, IOException>write(what, name, writeId, source::repeatable, (head, backoff) -> {
                    Upload upload = new Upload(new Ways(head, options.chunkSize()), head);
                    try {
                        return WireValues.receipt(upload.send(header, source, sent -> furthest.sent(sent, backoff)));
                    } catch (CraqException e) {
                        boolean own = options.writeId().isEmpty();
                        throw own && e.code() == ErrorCode.WRITE_ID_REUSED ? changedBetweenTries(e) : e;
                    }
                });
        told = receipt.session();
        return receipt;
    }

    /** Explains a reused write id that this client generated: only an earlier attempt of this same write can have used it. */
    private static CraqException changedBetweenTries(CraqException failure) {
        return new CraqException(
                ErrorCode.WRITE_ID_REUSED,
                "an earlier attempt of this write was stored, but its answer was lost, and the source has different content now; check"
                        + " what is stored, and repeat the write if that is not what you want",
                failure);
    }

    /** The protocols to one head. Both short and long contents go over its content port if that is known, else over gRPC. */
    private final class Ways implements Upload.Ways {
        private final Peer head;
        private final int chunkSize;

        Ways(Peer head, int chunkSize) {
            this.head = head;
            this.chunkSize = chunkSize;
        }

        private UploadCall call(WriteHeader header) {
            UploadCall call = new UploadCall(head, progressTimeout, port -> connections.learn(head, port));
            NodeGrpc.newStub(channels.to(head.address()))
                    .withOnReadyThreshold(chunkSize)
                    .streamWrite(call);
            call.begin(header);
            return call;
        }

        @Override
        public OutgoingWrite shortContent(WriteHeader header) {
            return connections.knows(head)
                    ? new ShortContentWrite(connections, head, header, progressTimeout, () -> call(header))
                    : call(header);
        }

        @Override
        public OutgoingWrite longContent(WriteHeader header) {
            WriteHeader waiting = header.toBuilder().setAwaitsTurn(true).build();
            Optional<ContentWrite> pastGrpc = ContentWrite.ask(connections, head, waiting, progressTimeout);
            if (pastGrpc.isPresent()) {
                return pastGrpc.get();
            }
            UploadCall call = inTurn(waiting);
            if (!connections.knows(head)) {
                return call;
            }
            // The permit is released first, or this write could be waiting for itself.
            call.cancel("the upload continues over the content port");
            return ContentWrite.ask(connections, head, waiting, progressTimeout)
                    .map(OutgoingWrite.class::cast)
                    .orElseGet(() -> inTurn(waiting));
        }

        private UploadCall inTurn(WriteHeader header) {
            UploadCall call = call(header);
            boolean come = false;
            try {
                call.awaitTurn();
                come = true;
                return call;
            } finally {
                if (!come) {
                    call.cancel("the upload was abandoned");
                }
            }
        }
    }

    private static WriteHeader.Builder header(String name, UUID writeId, PutOptions options) {
        WriteHeader.Builder header = WriteHeader.newBuilder()
                .setName(name)
                .setWriteId(writeId.toString())
                .setContentType(options.contentType())
                .putAllUserMetadata(Names.metadata(options.userMetadata()))
                .setChunkSize(options.chunkSize());
        options.precondition().map(WireValues::precondition).ifPresent(header::setPrecondition);
        return header;
    }

    Receipt delete(String name, DeleteOptions options) {
        UUID writeId = options.writeId().orElseGet(UUID::randomUUID);
        DeleteRequest.Builder request = DeleteRequest.newBuilder().setName(name).setWriteId(writeId.toString());
        options.ifVersion()
                .map(Precondition.IfVersion::new)
                .map(WireValues::precondition)
                .ifPresent(request::setPrecondition);
        options.version().map(WireValues::version).ifPresent(request::setVersion);
        return WireValues.receipt(atHead("delete '" + name + "'", name, writeId, node -> node.delete(request.build())));
    }

    /** Performs several steps atomically, at the head of the chain of the given name. */
    List<Receipt> change(String what, String name, Optional<UUID> id, List<Step> steps) {
        UUID writeId = id.orElseGet(UUID::randomUUID);
        ChangeRequest request = ChangeRequest.newBuilder()
                .setWriteId(writeId.toString())
                .addAllSteps(steps)
                .build();
        return atHead(what, name, writeId, node -> node.change(request)).getReceiptsList().stream()
                .map(WireValues::receipt)
                .toList();
    }

    private <T> T atHead(String what, String name, UUID writeId, Function<NodeBlockingStub, T> call) {
        return retry.write(what, name, writeId, () -> true, (head, backoff) -> {
            try {
                return call.apply(NodeGrpc.newBlockingStub(channels.to(head.address()))
                        .withDeadlineAfter(progressTimeout.toMillis(), TimeUnit.MILLISECONDS));
            } catch (StatusRuntimeException e) {
                throw Failures.atHead(head, e);
            }
        });
    }

    /**
     * Counts only bytes beyond all earlier attempts as progress; otherwise an upload that always fails half-way would be retried for ever.
     */
    private static final class Furthest {
        private final LongConsumer listener;
        private long furthest;

        Furthest(LongConsumer listener) {
            this.listener = listener;
        }

        void sent(long bytes, Backoff backoff) {
            if (bytes > furthest) {
                furthest = bytes;
                backoff.progressed();
            }
            listener.accept(bytes);
        }
    }
}
