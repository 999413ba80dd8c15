package org.craq.node.replication;

import java.util.function.Consumer;
import org.craq.core.replica.Replica;

/** The way from a driver's parts back to the driver: what they hand in runs one at a time. May be called from any thread. */
interface DriverInbox {
    /**
     * Hands an event to the protocol: in this thread if the driver is idle, otherwise in a thread of the pool. Answers are completed in that
     * thread too, so whoever waits for them must neither block nor take a lock that a caller of this may hold.
     */
    void post(Consumer<Replica> event);

    /** Runs a step between events, in a thread of the pool. */
    void perform(Runnable step);

    /** Runs a step between events, after a pause. */
    void perform(Runnable step, long pauseMillis);

    /** A neighbour sent what no honest member sends; its stream has ended. To be called between events. */
    void neighbourAtFault(String reason);

    /** A stream to a neighbour ended that this member had not closed: the chain is likely to continue without that neighbour soon. */
    void neighbourLost();

    /** A stream to a neighbour is open again. */
    void neighbourFound();
}
