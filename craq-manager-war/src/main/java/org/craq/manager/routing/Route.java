package org.craq.manager.routing;

import org.craq.core.chain.ChainId;
import org.craq.core.chain.Epoch;
import org.craq.core.chain.Member;

/** The destination of a request. */
public record Route(ChainId chain, Epoch epoch, Member member) {}
