package org.craq.node.replication;

import java.util.function.Consumer;
import org.craq.core.replica.Replica;

/** How a driver's parts call back to the driver. What they submit runs one at a time. Thread-safe unless stated otherwise. */
interface DriverInbox {
    /**
     * Passes an event to the protocol, on the calling thread if the driver is idle and otherwise on a pool thread. Answers are completed
     * on the same thread, so their dependent actions must neither block nor take a lock that a caller of this method may hold.
     */
    void post(Consumer<Replica> event);

    /** Runs a step between events, on a pool thread. */
    void perform(Runnable step);

    /** Runs a step between events, after a pause. */
    void perform(Runnable step, long pauseMillis);

    /** Called between events when a neighbour violated the protocol and its stream was ended. */
    void neighbourAtFault(String reason);

    /** Called between events when a neighbour's stream ended unexpectedly; the chain will probably continue without it soon. */
    void neighbourLost();

    /** Called between events when a stream to a neighbour is open again. */
    void neighbourFound();
}
