package org.craq.node.replication;

import org.craq.core.chain.Member;
import org.craq.wire.v1.Envelope;

/** Another member of the current chain, and the envelope for messages to it. */
record Neighbour(Member member, Envelope envelope) {}
