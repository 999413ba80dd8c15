package org.craq.node.replication;

import java.util.Objects;
import org.craq.core.chain.ChainId;
import org.craq.core.chain.Epoch;
import org.craq.core.chain.Incarnation;
import org.craq.core.chain.NodeId;
import org.craq.wire.CraqException;
import org.craq.wire.Errors;
import org.craq.wire.v1.Envelope;

/**
 * The values of an {@link Envelope}: who sent a message, in which chain and epoch, and for whom. That they are well formed says nothing
 * yet of whether that is the present chain.
 *
 * @param incarnation the sender's
 * @param receiver the incarnation that the message is meant for
 */
record Origin(ChainId chain, Epoch epoch, NodeId node, Incarnation incarnation, Incarnation receiver) {
    Origin {
        Objects.requireNonNull(chain);
        Objects.requireNonNull(epoch);
        Objects.requireNonNull(node);
        Objects.requireNonNull(incarnation);
        Objects.requireNonNull(receiver);
    }

    /** @throws CraqException INVALID_ARGUMENT */
    static Origin of(Envelope envelope) {
        return Errors.valid(() -> new Origin(
                new ChainId(envelope.getChainId()),
                new Epoch(envelope.getEpoch()),
                new NodeId(envelope.getFrom()),
                Incarnation.parse(envelope.getFromIncarnation()),
                Incarnation.parse(envelope.getToIncarnation())));
    }
}
