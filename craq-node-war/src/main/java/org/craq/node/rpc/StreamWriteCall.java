package org.craq.node.rpc;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.craq.node.files.FileStore;
import org.craq.node.files.IncomingWrite;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.Progress;
import org.craq.wire.content.ContentArrays;
import org.craq.wire.content.ContentBytes;
import org.craq.wire.v1.Fragment;
import org.craq.wire.v1.Receipt;
import org.craq.wire.v1.Turn;
import org.craq.wire.v1.WriteHeader;
import org.craq.wire.v1.WriteReply;
import org.craq.wire.v1.WriteRequest;
import org.craq.wire.v1.WriteTrailer;

/**
 * Receives one write over gRPC; {@link IncomingWrite} has its rules. Never blocks: the next message is requested only when it can be
 * handled at once.
 */
final class StreamWriteCall implements StreamObserver<WriteRequest>, StalledStreams.Watched {
    private final Calls calls;
    private final ServerCallStreamObserver<WriteReply> call;
    private final Progress progress = Progress.ofThisCall();
    private Optional<IncomingWrite> write = Optional.empty();
    private boolean ended;
    private boolean finished;
    private volatile boolean clientsTurn = true;
    private volatile long lastProgress = System.nanoTime();

    /**
     * What all writes of a node share.
     *
     * @param contentPort this node's content port, which every answer reports to the client; 0 if it has none
     * @param threads run steps that may wait for the database
     */
    record Calls(IncomingWrite.Receiver receiver, StalledStreams stalled, int contentPort, Executor threads) {
        StreamObserver<WriteRequest> begin(ServerCallStreamObserver<WriteReply> call) {
            call.disableAutoRequest();
            StreamWriteCall begun = new StreamWriteCall(this, call);
            call.setOnCancelHandler(begun::abandon);
            stalled.watch(begun);
            call.request(1);
            return begun;
        }
    }

    private StreamWriteCall(Calls calls, ServerCallStreamObserver<WriteReply> call) {
        this.calls = calls;
        this.call = call;
    }

    // ---- messages from the client ----

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
            case HEADER -> begin(request.getHeader());
            case FRAGMENT -> take(begun(), request.getFragment());
            case TRAILER -> finish(begun(), request.getTrailer());
            case PART_NOT_SET ->
                throw new CraqException(ErrorCode.INVALID_ARGUMENT, "a message without header, fragment or trailer");
        }
    }

    private IncomingWrite begun() {
        return write.orElseThrow(
                () -> new CraqException(ErrorCode.INVALID_ARGUMENT, "the stream must begin with a header"));
    }

    private void begin(WriteHeader header) {
        if (write.isPresent()) {
            throw new CraqException(ErrorCode.INVALID_ARGUMENT, "a second header in one stream");
        }
        IncomingWrite begun = calls.receiver().begin(FileMessages.newFile(header), header.getAppends());
        write = Optional.of(begun);
        if (header.getAwaitsTurn()) {
            begun.await(() -> calls.threads().execute(this::permitted));
        } else {
            begun.open();
            request();
        }
    }

    private synchronized void permitted() {
        if (ended) {
            return;
        }
        try {
            begun().open();
            call.onNext(turn(true));
            request();
        } catch (RuntimeException e) {
            abandon();
            call.onError(e);
        }
    }

    private void take(IncomingWrite open, Fragment fragment) {
        open.chunk(fragment.getOffset(), ContentBytes.of(fragment.getData()), fragment.getCrc32C());
        ContentArrays.giveBack(fragment.getData());
        open.whenReady(this::request);
    }

    private void finish(IncomingWrite open, WriteTrailer trailer) {
        finished = true;
        calls.stalled().forget(this);
        open.finish(trailer.getLength(), trailer.getCrc32C())
                .thenApply(FileMessages::receipt)
                .whenCompleteAsync(this::conclude, calls.threads())
                .exceptionally(failure -> null);
        call.request(1);
    }

    /** Requests the next message; from now on the node waits for the client. */
    private void request() {
        lastProgress = System.nanoTime();
        clientsTurn = true;
        call.request(1);
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

    // ---- answers to the client ----

    private WriteReply.Builder reply() {
        return WriteReply.newBuilder().setContentPort(calls.contentPort());
    }

    private WriteReply turn(boolean come) {
        return reply().setTurn(Turn.newBuilder().setCome(come)).build();
    }

    /** Answers with the outcome of the write; one of the two arguments is null. */
    private synchronized void conclude(Receipt receipt, Throwable failure) {
        ended = true;
        if (failure != null) {
            call.onError(FileStore.cause(failure));
        } else if (!call.isCancelled()) {
            call.onNext(reply().setReceipt(receipt).build());
            call.onCompleted();
        }
    }

    private synchronized void abandon() {
        ended = true;
        calls.stalled().forget(this);
        write.ifPresent(IncomingWrite::abandon);
    }

    // ---- slow clients ----

    @Override
    public long lastProgress() {
        long asked = lastProgress;
        return clientsTurn ? Math.max(asked, progress.within().orElse(asked)) : System.nanoTime();
    }

    @Override
    public synchronized boolean inLine() {
        boolean waits = write.filter(IncomingWrite::waits).isPresent();
        if (waits) {
            call.onNext(turn(false));
        }
        return waits;
    }

    /** A client holds its permit from when it is notified of it, even before it sends its first byte. */
    @Override
    public boolean othersWait(boolean forPermits) {
        return forPermits && holdsPermit();
    }

    private synchronized boolean holdsPermit() {
        return write.filter(IncomingWrite::holdsPermit).isPresent();
    }

    @Override
    public synchronized void giveUp(String reason) {
        abandon();
        call.onError(new CraqException(ErrorCode.UPLOAD_ABANDONED, reason + "; nothing was written"));
    }
}
