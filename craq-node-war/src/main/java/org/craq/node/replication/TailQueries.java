package org.craq.node.replication;

import io.grpc.stub.StreamObserver;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.TimeUnit;
import org.craq.core.chain.Seq;
import org.craq.core.replica.Effect;
import org.craq.node.metrics.NodeMeters;
import org.craq.wire.v1.Envelope;
import org.craq.wire.v1.ReplicationGrpc;
import org.craq.wire.v1.VersionAnswer;
import org.craq.wire.v1.VersionQuery;

/** Asks the tail for its commit mark (CRAQ paper section 2.3, rule 4). */
final class TailQueries {
    private static final Logger LOG = System.getLogger(TailQueries.class.getName());
    private static final long DEADLINE_MILLIS = 2000;

    private final DriverInbox inbox;
    private final Peers peers;
    private final NodeMeters meters;

    TailQueries(DriverInbox inbox, Peers peers, NodeMeters meters) {
        this.inbox = inbox;
        this.peers = peers;
        this.meters = meters;
    }

    /**
     * Sends a query; the answer, or its absence, goes to the protocol.
     *
     * @param waiting number of reads that wait for the answer
     */
    void ask(Effect.AskTail ask, Envelope envelope, int waiting) {
        long begun = System.nanoTime();
        meters.tailAsked(waiting);
        ReplicationGrpc.newStub(peers.reconnectingTo(ask.tail()))
                .withDeadlineAfter(DEADLINE_MILLIS, TimeUnit.MILLISECONDS)
                .queryVersion(VersionQuery.newBuilder().setEnvelope(envelope).build(), new StreamObserver<>() {
                    @Override
                    public void onNext(VersionAnswer answer) {
                        if (answer.getCommitMark() < 0) {
                            onError(new IllegalArgumentException(
                                    "its commit mark is negative: " + answer.getCommitMark()));
                            return;
                        }
                        meters.tailAnswered(System.nanoTime() - begun);
                        Seq mark = new Seq(answer.getCommitMark());
                        inbox.post(replica -> replica.tailAnswered(ask.query(), mark, System.nanoTime()));
                    }

                    @Override
                    public void onError(Throwable failure) {
                        LOG.log(Level.DEBUG, "the tail did not answer: {0}", failure.getMessage());
                        meters.tailSilent();
                        inbox.post(replica -> replica.tailSilent(ask.query(), System.nanoTime()));
                    }

                    @Override
                    public void onCompleted() {}
                });
    }
}
