package org.craq.node.rpc;

import com.google.protobuf.UnsafeByteOperations;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.craq.node.files.Contents;
import org.craq.node.store.CheckedBytes;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.Progress;
import org.craq.wire.v1.Fragment;
import org.craq.wire.v1.ReadHeader;
import org.craq.wire.v1.ReadReply;

/** The answer to one StreamRead over gRPC, which sends as fast as the client accepts. */
final class OutgoingRead implements StalledStreams.Watched {
    private static final long ASK_AGAIN_NANOS = 1_000_000_000;

    private final All all;
    private final ServerCallStreamObserver<ReadReply> call;
    private final Runnable allowed;
    private final Progress progress = Progress.ofThisCall();
    private long askedAgain = System.nanoTime();
    private Optional<Contents.Range> range = Optional.empty();
    private boolean done;
    private volatile boolean clientsTurn;
    private volatile long lastProgress = System.nanoTime();

    private OutgoingRead(All all, ServerCallStreamObserver<ReadReply> call, Runnable allowed) {
        this.allowed = allowed;
        this.all = all;
        this.call = call;
    }

    /** All such reads of one node. Thread-safe. */
    static final class All {
        /** Maximum number of reads; each may keep up to 64 KiB in memory for a slow client. */
        private static final int MOST = 1024;

        private final StalledStreams stalled;
        private final AtomicInteger open = new AtomicInteger();

        All(StalledStreams stalled) {
            this.stalled = stalled;
        }

        /**
         * Begins an answer.
         *
         * @param allowed fails once the caller may no longer read this; asked every second
         * @throws CraqException OVERLOADED when there are too many
         */
        OutgoingRead begin(ServerCallStreamObserver<ReadReply> call, Runnable allowed) {
            if (open.incrementAndGet() > MOST) {
                open.decrementAndGet();
                throw new CraqException(
                        ErrorCode.OVERLOADED, MOST + " reads are in progress on this node, which is the limit");
            }
            OutgoingRead read = new OutgoingRead(this, call, allowed);
            call.setOnReadyHandler(read::send);
            // Exactly one of the two is called, and only when no part of the answer is in memory any more.
            call.setOnCloseHandler(read::closed);
            call.setOnCancelHandler(read::closed);
            stalled.watch(read);
            return read;
        }

        private void ended(OutgoingRead read) {
            stalled.forget(read);
            open.decrementAndGet();
        }

        private boolean crowded() {
            return open.get() > MOST / 2;
        }
    }

    synchronized void begin(ReadHeader header, Supplier<Contents.Range> open) {
        if (done) {
            return;
        }
        call.onNext(ReadReply.newBuilder().setHeader(header).build());
        range = Optional.of(open.get());
        send();
    }

    /** Stops sending, because the client is gone or has got everything. */
    synchronized void end() {
        done = true;
        range.ifPresent(Contents.Range::close);
    }

    void closed() {
        end();
        all.ended(this);
    }

    @Override
    public long lastProgress() {
        return clientsTurn ? lastProgress : System.nanoTime();
    }

    @Override
    public boolean inLine() {
        return false;
    }

    @Override
    public boolean othersWait(boolean forPermits) {
        return all.crowded();
    }

    /** Ends the read and cuts the call, as bytes that are being sent to the client stay in memory until then. */
    @Override
    public void giveUp(String reason) {
        end();
        progress.cut(reason);
    }

    synchronized void send() {
        clientsTurn = false;
        if (done || range.isEmpty()) {
            return;
        }
        Contents.Range from = range.get();
        try {
            while (from.hasNext() && call.isReady()) {
                askAgain();
                long position = from.position();
                // When this returns, the transport has its own copy of the bytes.
                call.onNext(fragment(position, from.next()));
            }
            from.pause();
            lastProgress = System.nanoTime();
            clientsTurn = true;
        } catch (RuntimeException e) {
            end();
            call.onError(e);
            return;
        }
        if (!from.hasNext()) {
            end();
            call.onCompleted();
        }
    }

    private void askAgain() {
        long now = System.nanoTime();
        if (now - askedAgain > ASK_AGAIN_NANOS) {
            askedAgain = now;
            allowed.run();
        }
    }

    private static ReadReply fragment(long position, CheckedBytes piece) {
        return ReadReply.newBuilder()
                .setFragment(Fragment.newBuilder()
                        .setOffset(position)
                        .setData(UnsafeByteOperations.unsafeWrap(piece.bytes()))
                        .setCrc32C(piece.crc32c()))
                .build();
    }
}
