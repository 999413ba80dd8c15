package org.craq.node.files;

import org.craq.core.chain.NodeId;
import org.craq.core.replica.Refusal;
import org.craq.node.replication.MemberView;
import org.craq.node.replication.Members;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/** Turns the protocol's reasons for refusing a request into this node's errors. */
final class Refusals {
    private final NodeId self;
    private final Members members;

    Refusals(NodeId self, Members members) {
        this.self = self;
        this.members = members;
    }

    CraqException notServing(MemberView view) {
        String reason = view.failure().isEmpty() ? "it has no lease or is not complete yet" : view.failure();
        return new CraqException(ErrorCode.NOT_SERVING, "node " + self + " is not serving now: " + reason);
    }

    CraqException of(Refusal reason) {
        return switch (reason) {
            case NOT_HEAD -> new CraqException(ErrorCode.NOT_HEAD, "node " + self + " is no longer the head");
            case NOT_SERVING -> notServing(members.onlyDriver().view());
            case FENCED -> new CraqException(ErrorCode.FENCED, "the chain has moved on");
            case OVERLOADED ->
                new CraqException(ErrorCode.OVERLOADED, "too many requests are in progress in this chain");
            case SESSION_UNKNOWN ->
                new CraqException(
                        ErrorCode.INVALID_ARGUMENT,
                        "the session token refers to a version that this chain never had; begin a new session");
            case TAIL_SILENT -> new CraqException(ErrorCode.NOT_SERVING, "the chain's tail did not answer in time");
            case DATABASE_UNAVAILABLE ->
                new CraqException(ErrorCode.DATABASE_UNAVAILABLE, "the node's database does not answer");
        };
    }
}
