package org.craq.client;

/**
 * Who answered a read, and what the answer is worth.
 *
 * @param node the member's id
 * @param consistency what was asked for, or more
 * @param session what the answer has seen, for {@link Freshness#notBefore}
 */
public record Answered(String node, Consistency consistency, String session) {}
