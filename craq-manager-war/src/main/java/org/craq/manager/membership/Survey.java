package org.craq.manager.membership;

import org.craq.core.chain.Chain;
import org.craq.core.chain.NodeStates;
import org.craq.core.membership.Wish;

/** Everything that is needed to judge a change of a chain, at one moment. */
public record Survey(Chain chain, Wish wish, NodeStates nodes) {}
