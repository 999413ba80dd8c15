package org.craq.client;

/**
 * Says which member answered a read, and how fresh its answer is.
 *
 * @param node id of the member
 * @param consistency the consistency of the answer: the one that was requested, or a stronger one
 * @param session token of the state that the answer reflects, for {@link Freshness#notBefore}
 */
public record Answered(String node, Consistency consistency, String session) {}
