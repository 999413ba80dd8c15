package org.craq.node.metadata;

import org.craq.core.chain.ChainId;
import org.craq.core.chain.Incarnation;
import org.craq.core.chain.NodeId;

/** One life of a member. */
public record ReplicaLife(NodeId node, ChainId chain, Incarnation incarnation) {}
