package org.craq.manager.admin;

/**
 * The body of POST /v1/admin/chains/{id}/members.
 *
 * @param nodeId of a node that has registered
 */
public record MemberWish(String nodeId) {}
