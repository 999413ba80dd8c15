package org.craq.core.sim;

import java.util.function.Consumer;
import org.craq.core.replica.Replica;

/**
 * A connection between two neighbours. Each end receives what the other sent, in order, up to the point where it learns
 * that the connection is lost; the two ends learn this at different times.
 */
final class SimStream {
    /** A message: a call on the member at the other end, which knows the stream by its own number. */
    interface Message {
        void arrive(SimMember peer, long stream);
    }

    /** One end: the member there, and the number by which it knows the stream. */
    final class End {
        private final SimMember member;
        private final long id;
        private final Consumer<Replica> whenLost;
        private boolean closed;
        private boolean disowned;
        private long lastArrival;

        private End(SimMember member, long id, Consumer<Replica> whenLost) {
            this.member = member;
            this.id = id;
            this.whenLost = whenLost;
        }

        long id() {
            return id;
        }

        /** Sends a message to the other end, after all that was sent before. */
        void send(Message message) {
            if (closed) {
                return;
            }
            if (!world.network().open(member.node(), other(this).member.node())) {
                lose();
                return;
            }
            other(this).arrive(message);
            if (world.settings().has(Settings.Fault.STREAM_LOSS)
                    && world.chance().oneIn(1000)) {
                lose();
            }
        }

        /** Closes the connection from this end. */
        void close() {
            if (!closed) {
                closed = true;
                other(this).learnOfLoss();
            }
        }

        /** Closes a second connection for a stream that already has one; nothing sent on it is ever received. */
        void disown() {
            disowned = true;
            close();
        }

        /** Breaks the connection; each end learns of it in its own time. */
        void lose() {
            learnOfLoss();
            other(this).learnOfLoss();
        }

        private void arrive(Message message) {
            long now = world.time().now();
            lastArrival = Math.max(lastArrival, now + world.network().delay());
            world.time()
                    .after(
                            lastArrival - now,
                            () -> member.run(() -> {
                                if (!closed) {
                                    message.arrive(member, id);
                                } else if (!disowned) {
                                    arriveLate(message);
                                }
                            }));
        }

        /**
         * A message received by the time the stream was closed may still wait in a queue; the replica must ignore it.
         */
        private void arriveLate(Message message) {
            long wait = world.chance().between(0, 50 * VirtualTime.MILLI);
            world.time().after(wait, () -> member.run(() -> message.arrive(member, id)));
        }

        private void learnOfLoss() {
            long delay = world.chance().delay(0, 60 * VirtualTime.MILLI);
            world.time()
                    .after(
                            delay,
                            () -> member.run(() -> {
                                if (!closed) {
                                    closed = true;
                                    whenLost.accept(member.replica());
                                }
                            }));
        }
    }

    private final World world;
    private final End successor;
    private final End predecessor;

    SimStream(World world, SimMember successor, long successorId, SimMember predecessor, long predecessorId) {
        this.world = world;
        this.successor = new End(successor, successorId, replica -> replica.predecessorLost(successorId));
        this.predecessor = new End(predecessor, predecessorId, replica -> replica.successorLost(predecessorId));
    }

    /** Returns the end at the successor, which opened the stream. */
    End successor() {
        return successor;
    }

    End predecessor() {
        return predecessor;
    }

    private End other(End end) {
        return end == successor ? predecessor : successor;
    }
}
