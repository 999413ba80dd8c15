package org.craq.manager.membership;

import org.craq.core.chain.Chain;
import org.craq.core.chain.NodeStates;
import org.craq.core.membership.Wish;

/** All that a change of a chain is judged by, at one moment. */
public record Survey(Chain chain, Wish wish, NodeStates nodes) {}
