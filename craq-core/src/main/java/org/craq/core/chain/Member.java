package org.craq.core.chain;

import java.util.Objects;

/**
 * A place in a chain.
 *
 * @param incarnation the only incarnation of the node that holds this place; no other one is a member
 * @param grpcAddress host:port of the node's gRPC server
 * @param httpUrl base URL of the node's REST interface, without a trailing slash
 * @param complete whether the member is recorded as complete in this epoch
 */
public record Member(NodeId node, Incarnation incarnation, String grpcAddress, String httpUrl, boolean complete) {
    public Member {
        Objects.requireNonNull(node);
        Objects.requireNonNull(incarnation);
        Objects.requireNonNull(grpcAddress);
        Objects.requireNonNull(httpUrl);
    }

    public Member asComplete() {
        return new Member(node, incarnation, grpcAddress, httpUrl, true);
    }

    public boolean is(NodeId node, Incarnation incarnation) {
        return this.node.equals(node) && this.incarnation.equals(incarnation);
    }
}
