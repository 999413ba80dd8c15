package org.craq.node.replication;

import org.craq.core.chain.Member;
import org.craq.wire.v1.Envelope;

/** Another member of the chain at present, and what a message to it carries. */
record Neighbour(Member member, Envelope envelope) {}
