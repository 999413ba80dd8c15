package org.craq.node.replication;

import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.craq.core.chain.NodeId;
import org.craq.core.chain.Seq;
import org.craq.core.replica.Effect;
import org.craq.core.replica.Entry;
import org.craq.core.replica.LogBase;
import org.craq.core.replica.Replica;
import org.craq.wire.EntryWire;
import org.craq.wire.content.ContentAddress;
import org.craq.wire.v1.Envelope;
import org.craq.wire.v1.FromPredecessor;
import org.craq.wire.v1.FromSuccessor;
import org.craq.wire.v1.Hello;
import org.craq.wire.v1.ReplicationGrpc;
import org.craq.wire.v1.Welcome;

/** A member's stream to its predecessor. There is one at a time, which the protocol reopens. Called only between events. */
final class PredecessorStream {
    private static final Logger LOG = System.getLogger(PredecessorStream.class.getName());
    /** Messages that may be in flight to this member at once. */
    private static final int WINDOW = 256;
    /** With this many entries waiting to be made durable, no more are requested. */
    private static final int MAX_BACKLOG = 1024;

    /** Pause before the second attempt, doubled for the next few. A predecessor may learn of the new epoch a little later. */
    private static final long FIRST_RETRY_MILLIS = 25;

    private static final int DOUBLINGS = 3;

    /** Pause before the backlog is checked again. */
    private static final long BACKLOG_MILLIS = 200;

    private final DriverInbox inbox;
    private final Neighbours neighbours;
    private final Peers peers;
    private final LogWriter log;
    private final Function<NodeId, ContentAddress> contentPort;
    private long current;
    private int attempts;
    private ClientCallStreamObserver<FromSuccessor> call;

    /**
     * Creates it without a stream.
     *
     * @param contentPort where a predecessor can push to this node
     */
    PredecessorStream(
            DriverInbox inbox,
            Neighbours neighbours,
            Peers peers,
            LogWriter log,
            Function<NodeId, ContentAddress> contentPort) {
        this.inbox = inbox;
        this.neighbours = neighbours;
        this.peers = peers;
        this.log = log;
        this.contentPort = contentPort;
    }

    /** Opens a stream, at once the first time in an epoch, and after a pause when the previous one was refused or lost. */
    void connect(Effect.ConnectPredecessor request, Envelope envelope) {
        close();
        current = request.stream();
        if (attempts++ == 0) {
            open(request, envelope);
        } else {
            inbox.perform(
                    () -> {
                        if (current == request.stream()) {
                            open(request, envelope);
                        }
                    },
                    FIRST_RETRY_MILLIS << Math.min(attempts - 2, DOUBLINGS));
        }
    }

    private void open(Effect.ConnectPredecessor request, Envelope envelope) {
        ReplicationGrpc.newStub(peers.reconnectingTo(request.predecessor())).replicate(new Messages(request.stream()));
        ContentAddress own = contentPort.apply(request.predecessor().node());
        Hello.Builder hello = Hello.newBuilder()
                .setEnvelope(envelope)
                .setLastSeq(request.last().value())
                .setForgottenSeq(request.forgotten().value())
                .setContentPort(own.port())
                .addAllEpochs(EntryWire.toWire(request.epochs()));
        own.session().ifPresent(session -> hello.setContentSession(session.toWire()));
        call.onNext(FromSuccessor.newBuilder().setHello(hello).build());
    }

    void sendCommit(long stream, Seq mark) {
        if (stream == current && call != null) {
            call.onNext(FromSuccessor.newBuilder().setCommitMark(mark.value()).build());
        }
    }

    /** Called when the epoch has ended or the member stops. */
    void reset() {
        close();
        attempts = 0;
    }

    private void close() {
        current = 0;
        if (call != null) {
            call.cancel("the stream is reopened", null);
            call = null;
        }
    }

    private final class Messages implements ClientResponseObserver<FromSuccessor, FromPredecessor> {
        private final long stream;
        private ClientCallStreamObserver<FromSuccessor> mine;

        Messages(long stream) {
            this.stream = stream;
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<FromSuccessor> call) {
            call.disableAutoRequestWithInitial(WINDOW);
            mine = call;
            PredecessorStream.this.call = call;
        }

        @Override
        public void onNext(FromPredecessor message) {
            Consumer<Replica> event;
            try {
                event = event(message);
            } catch (IllegalArgumentException e) {
                inbox.perform(
                        () -> inbox.neighbourAtFault("the predecessor's message can't be read: " + e.getMessage()));
                mine.cancel("a message can't be read", e);
                return;
            }
            inbox.post(replica -> {
                event.accept(replica);
                askForMore();
            });
        }

        /**
         * Returns the event for the protocol.
         *
         * @throws IllegalArgumentException when the message is malformed
         */
        private Consumer<Replica> event(FromPredecessor message) {
            return switch (message.getPartCase()) {
                case WELCOME -> welcomed(message.getWelcome());
                case ENTRY -> {
                    Entry entry = EntryWire.toCore(message.getEntry());
                    List<Carried> carried =
                            message.getCarriedList().stream().map(Carried::of).toList();
                    yield replica -> {
                        if (stream == current) {
                            carried.forEach(neighbours::received);
                        }
                        replica.received(stream, entry);
                    };
                }
                case PREPARED_MARK -> {
                    Seq mark = new Seq(message.getPreparedMark());
                    yield replica -> replica.prepared(stream, mark);
                }
                case PART_NOT_SET -> throw new IllegalArgumentException("it is empty");
            };
        }

        private Consumer<Replica> welcomed(Welcome welcome) {
            Seq common = new Seq(welcome.getCommonSeq());
            Seq last = new Seq(welcome.getLastSeq());
            Optional<LogBase> base =
                    welcome.hasBase() ? Optional.of(EntryWire.toCore(welcome.getBase())) : Optional.empty();
            return replica -> {
                inbox.neighbourFound();
                replica.welcomed(stream, common, last, base);
            };
        }

        private void askForMore() {
            if (log.backlog() < MAX_BACKLOG) {
                mine.request(1);
            } else {
                inbox.perform(this::askForMore, BACKLOG_MILLIS);
            }
        }

        @Override
        public void onError(Throwable failure) {
            LOG.log(Level.DEBUG, "the stream to the predecessor ended: {0}", failure.getMessage());
            lost();
        }

        @Override
        public void onCompleted() {
            lost();
        }

        private void lost() {
            inbox.post(replica -> {
                if (current == stream) {
                    inbox.neighbourLost();
                }
                replica.predecessorLost(stream);
            });
        }
    }
}
