package org.craq.node.replication;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.craq.core.chain.Incarnation;
import org.craq.core.chain.Seq;
import org.craq.core.replica.Effect;
import org.craq.core.replica.Entry;
import org.craq.core.replica.EpochTable;
import org.craq.core.replica.Operation;
import org.craq.core.replica.Replica;
import org.craq.wire.CraqException;
import org.craq.wire.EntryWire;
import org.craq.wire.ErrorCode;
import org.craq.wire.Errors;
import org.craq.wire.content.ContentAddress;
import org.craq.wire.v1.CarriedContent;
import org.craq.wire.v1.FromPredecessor;
import org.craq.wire.v1.FromSuccessor;
import org.craq.wire.v1.Hello;
import org.craq.wire.v1.Welcome;

/** The streams that successors have opened to this member; the protocol sends to one of them. Called only between events. */
final class SuccessorStreams {
    /** Maximum number of small contents that are sent with one entry. */
    private static final int MOST_CARRIED = 16;

    private final DriverInbox inbox;
    private final Neighbours neighbours;
    private final CarriedContents carried;
    private final Map<Long, Stream> streams = new HashMap<>();

    /** A stream, and the content port of the successor that opened it. */
    private record Stream(
            ServerCallStreamObserver<FromPredecessor> call, Incarnation successor, ContentAddress contentPort) {}

    SuccessorStreams(DriverInbox inbox, Neighbours neighbours) {
        this.inbox = inbox;
        this.neighbours = neighbours;
        this.carried = neighbours.carried();
    }

    /**
     * Accepts a stream that began with this hello; may be called on any thread. The returned observer receives the successor's further
     * messages.
     *
     * @throws CraqException INVALID_ARGUMENT when the hello is malformed
     */
    StreamObserver<FromSuccessor> accept(Origin from, Hello hello, ServerCallStreamObserver<FromPredecessor> call) {
        EpochTable epochs = Errors.valid(() -> EntryWire.toCore(hello.getEpochsList()));
        Seq last = Errors.valid(() -> new Seq(hello.getLastSeq()));
        Seq forgotten = Errors.valid(() -> new Seq(hello.getForgottenSeq()));
        Stream opened = new Stream(
                call, from.incarnation(), ContentAddress.of(port(hello.getContentPort()), hello.getContentSession()));
        AtomicLong stream = new AtomicLong();
        inbox.post(replica -> {
            stream.set(replica.newStream());
            streams.put(stream.get(), opened);
            replica.hello(stream.get(), from.node(), from.incarnation(), from.epoch(), epochs, last, forgotten);
        });
        return new StreamObserver<>() {
            @Override
            public void onNext(FromSuccessor message) {
                Seq mark = commitMark(message);
                inbox.post(replica -> replica.committed(stream.get(), mark));
            }

            /** Notifies the protocol before it fails, as a failed call receives no further events of its stream. */
            private Seq commitMark(FromSuccessor message) {
                if (message.hasCommitMark() && message.getCommitMark() >= 0) {
                    return new Seq(message.getCommitMark());
                }
                lost();
                throw new CraqException(
                        ErrorCode.INVALID_ARGUMENT,
                        "after its hello, a successor must send commit marks of at least 0");
            }

            @Override
            public void onError(Throwable failure) {
                lost();
            }

            @Override
            public void onCompleted() {
                inbox.post(replica -> {
                    boolean open = lost(replica);
                    if (open && !call.isCancelled()) {
                        call.onCompleted();
                    }
                });
            }

            private void lost() {
                inbox.post(this::lost);
            }

            /** Returns false when the stream had already ended. */
            private boolean lost(Replica replica) {
                boolean open = streams.remove(stream.get()) != null;
                if (open) {
                    inbox.neighbourLost();
                }
                replica.successorLost(stream.get());
                return open;
            }
        };
    }

    private static int port(int told) {
        if (told < 0 || told > 65_535) {
            throw new CraqException(
                    ErrorCode.INVALID_ARGUMENT, "a content port must be between 0 (for none) and 65535; it is " + told);
        }
        return told;
    }

    void refuse(long stream) {
        end(streams.remove(stream));
    }

    void closeAll() {
        streams.values().forEach(SuccessorStreams::end);
        streams.clear();
    }

    private static void end(Stream stream) {
        if (stream != null && !stream.call().isCancelled()) {
            stream.call().onError(new CraqException(ErrorCode.FENCED, "not this epoch, or not this successor"));
        }
    }

    void welcome(Effect.WelcomeSuccessor effect) {
        inbox.neighbourFound();
        // Only now is it certain that this is the successor.
        Stream welcomed = streams.get(effect.stream());
        if (welcomed != null) {
            neighbours.successorPort(welcomed.successor(), welcomed.contentPort());
        }
        Welcome.Builder welcome = Welcome.newBuilder()
                .setCommonSeq(effect.common().value())
                .setLastSeq(effect.last().value());
        effect.base().map(EntryWire::toWire).ifPresent(welcome::setBase);
        send(effect.stream(), FromPredecessor.newBuilder().setWelcome(welcome).build());
    }

    /**
     * Sends an entry with its small contents. A successor that is not ready for more fetches them instead. They are removed from memory
     * in either case, so that a later entry with the same contents does not send them again.
     */
    void entry(long stream, Entry entry) {
        List<CarriedContent> carriedAlong = entry.operations().stream()
                .filter(Operation.Put.class::isInstance)
                .flatMap(put -> ((Operation.Put) put).body().contents().stream())
                .flatMap(content -> carried.take(content.id()).stream())
                .toList();
        List<CarriedContent> small =
                ready(stream) ? carriedAlong.subList(0, Math.min(MOST_CARRIED, carriedAlong.size())) : List.of();
        send(
                stream,
                FromPredecessor.newBuilder()
                        .setEntry(EntryWire.toWire(entry))
                        .addAllCarried(small)
                        .build());
    }

    void prepared(long stream, Seq mark) {
        send(stream, FromPredecessor.newBuilder().setPreparedMark(mark.value()).build());
    }

    /** True while more may be sent without filling memory, or when the stream is gone. */
    boolean ready(long stream) {
        Stream open = streams.get(stream);
        return open == null || open.call().isReady();
    }

    private void send(long stream, FromPredecessor message) {
        Stream open = streams.get(stream);
        if (open != null && !open.call().isCancelled()) {
            open.call().onNext(message);
        }
    }
}
