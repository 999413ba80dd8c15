package org.craq.node.metadata;

import org.craq.core.chain.ChainId;
import org.craq.core.chain.Incarnation;
import org.craq.core.chain.NodeId;

/** One life of a member: a node's replica of a chain, under one incarnation of the node. */
public record ReplicaLife(NodeId node, ChainId chain, Incarnation incarnation) {}
