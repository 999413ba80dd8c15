package org.craq.node.rpc;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.craq.node.content.ContentSessions;
import org.craq.node.files.FileStore;
import org.craq.node.files.IncomingWrite;
import org.craq.node.threads.Threads;
import org.craq.security.Action;
import org.craq.server.access.Guard;
import org.craq.server.audit.AuditedCall;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.Progress;
import org.craq.wire.content.ContentArrays;
import org.craq.wire.content.ContentBytes;
import org.craq.wire.v1.Fragment;
import org.craq.wire.v1.Receipt;
import org.craq.wire.v1.WriteHeader;
import org.craq.wire.v1.WriteReply;
import org.craq.wire.v1.WriteRequest;
import org.craq.wire.v1.WriteTrailer;

/**
 * Receives one write over gRPC; {@link IncomingWrite} has its rules. Never blocks gRPC's threads: the next message is requested only when
 * it can be handled at once, and the steps of a resumable write, which may wait for the chain, run in a thread of their own.
 */
final class StreamWriteCall implements StreamObserver<WriteRequest>, StalledStreams.Watched {
    private final Calls calls;
    private final ServerCallStreamObserver<WriteReply> call;
    private final Guard guard;
    private final Progress progress = Progress.ofThisCall();
    private volatile Optional<IncomingWrite> write = Optional.empty();
    private String name = "";
    private volatile Executor steps = Runnable::run;
    private boolean ended;
    private volatile boolean finished;
    private volatile boolean clientsTurn = true;
    private volatile long lastProgress = System.nanoTime();

    /**
     * What all writes of a node share.
     *
     * @param contentPort this node's content port, which every answer reports to the client; 0 if it has none
     * @param sessions needed on that port; empty if they are not
     * @param threads run steps that may wait
     */
    record Calls(
            WriteReceiver receiver,
            StalledStreams stalled,
            int contentPort,
            Optional<ContentSessions> sessions,
            Threads threads) {
        StreamObserver<WriteRequest> begin(ServerCallStreamObserver<WriteReply> call, Guard guard) {
            call.disableAutoRequest();
            StreamWriteCall begun = new StreamWriteCall(this, call, guard);
            call.setOnCancelHandler(() -> begun.steps.execute(begun::abandon));
            stalled.watch(begun);
            call.request(1);
            return begun;
        }
    }

    private StreamWriteCall(Calls calls, ServerCallStreamObserver<WriteReply> call, Guard guard) {
        this.calls = calls;
        this.call = call;
        this.guard = guard;
    }

    // ---- messages from the client ----

    @Override
    public void onNext(WriteRequest request) {
        clientsTurn = false;
        finished |= request.hasTrailer();
        if (request.getHeader().hasResumableLength()) {
            steps = calls.threads().connections();
        }
        steps.execute(() -> run(() -> take(request)));
    }

    /** Runs a step, unless the call has ended; its failure ends the call. */
    private synchronized void run(Runnable step) {
        if (ended) {
            return;
        }
        try {
            step.run();
        } catch (RuntimeException e) {
            abandon();
            call.onError(e);
        } catch (OutOfMemoryError e) {
            // This is direct memory, of which ending the call releases its share.
            abandon();
            call.onError(new CraqException(ErrorCode.OVERLOADED, "the server is out of memory: " + e.getMessage(), e));
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
        name = header.getName();
        guard.audited().action(AuditedCall.Kind.CHANGE, header.getAppends() ? "append" : "write");
        guard.require(Action.WRITE, name);
        IncomingWrite begun = calls.receiver().begin(header, guard.user());
        write = Optional.of(begun);
        if (header.getAwaitsTurn()) {
            Executor opening =
                    header.hasResumableLength() ? steps : calls.threads().data();
            begun.await(() -> opening.execute(() -> run(this::permitted)));
        } else {
            begun.open();
            request();
        }
    }

    private void permitted() {
        begun().open();
        call.onNext(reply().setTurn(FileMessages.granted(begun())).build());
        request();
    }

    private void take(IncomingWrite open, Fragment fragment) {
        open.chunk(fragment.getOffset(), ContentBytes.of(fragment.getData()), fragment.getCrc32C());
        ContentArrays.giveBack(fragment.getData());
        open.whenReady(this::request);
    }

    private void finish(IncomingWrite open, WriteTrailer trailer) {
        calls.stalled().forget(this);
        if (trailer.getDiscards()) {
            throw WriteReceiver.discarded(open);
        }
        guard.require(Action.WRITE, name);
        open.finish(trailer.getLength(), trailer.getCrc32C())
                .thenApply(FileMessages::receipt)
                .whenCompleteAsync(this::conclude, calls.threads().data())
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
        steps.execute(this::abandon);
    }

    @Override
    public void onCompleted() {
        if (!finished) {
            steps.execute(() -> run(() -> {
                throw new CraqException(
                        ErrorCode.INVALID_ARGUMENT, "the stream ended without a trailer; nothing was written");
            }));
        }
    }

    // ---- answers to the client ----

    private WriteReply.Builder reply() {
        WriteReply.Builder reply = WriteReply.newBuilder().setContentPort(calls.contentPort());
        calls.sessions()
                .ifPresent(
                        all -> reply.setContentSession(all.issue(guard.caller()).toWire()));
        return reply;
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
    public boolean inLine() {
        if (write.filter(IncomingWrite::waits).isEmpty()) {
            return false;
        }
        synchronized (this) {
            boolean waits = begun().waits();
            if (waits) {
                call.onNext(reply().setTurn(FileMessages.IN_LINE).build());
            }
            return waits;
        }
    }

    /** A client holds its permit from when it is notified of it, even before it sends its first byte. */
    @Override
    public boolean othersWait(boolean forPermits) {
        return forPermits && write.filter(IncomingWrite::holdsPermit).isPresent();
    }

    @Override
    public void giveUp(String reason) {
        steps.execute(() -> run(() -> {
            throw new CraqException(ErrorCode.UPLOAD_ABANDONED, reason + "; nothing was written");
        }));
    }
}
