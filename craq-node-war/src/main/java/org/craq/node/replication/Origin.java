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
 * The values of an {@link Envelope}: the sender of a message, its chain and epoch, and its receiver. They are well-formed, but not yet
 * checked against the current chain.
 *
 * @param incarnation the sender's incarnation
 * @param receiver the incarnation for which the message is meant
 */
record Origin(ChainId chain, Epoch epoch, NodeId node, Incarnation incarnation, Incarnation receiver) {
    Origin {
        Objects.requireNonNull(chain);
        Objects.requireNonNull(epoch);
        Objects.requireNonNull(node);
        Objects.requireNonNull(incarnation);
        Objects.requireNonNull(receiver);
    }

    /**
     * Parses an envelope.
     *
     * @throws CraqException INVALID_ARGUMENT when it is malformed
     */
    static Origin of(Envelope envelope) {
        return Errors.valid(() -> new Origin(
                new ChainId(envelope.getChainId()),
                new Epoch(envelope.getEpoch()),
                new NodeId(envelope.getFrom()),
                Incarnation.parse(envelope.getFromIncarnation()),
                Incarnation.parse(envelope.getToIncarnation())));
    }
}
