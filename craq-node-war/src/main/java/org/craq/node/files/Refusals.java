package org.craq.node.files;

import org.craq.core.chain.NodeId;
import org.craq.core.replica.Refusal;
import org.craq.node.replication.MemberView;
import org.craq.node.replication.Members;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/** Why the protocol has refused a request, in the words of this node. */
final class Refusals {
    private final NodeId self;
    private final Members members;

    Refusals(NodeId self, Members members) {
        this.self = self;
        this.members = members;
    }

    CraqException notServing(MemberView view) {
        String reason = view.failure().isEmpty() ? "it has no lease or is not complete yet" : view.failure();
        return new CraqException(ErrorCode.NOT_SERVING, "node " + self + " does not serve now: " + reason);
    }

    CraqException of(Refusal reason) {
        return switch (reason) {
            case NOT_HEAD -> new CraqException(ErrorCode.NOT_HEAD, "node " + self + " is not the head any more");
            case NOT_SERVING -> notServing(members.onlyDriver().view());
            case FENCED -> new CraqException(ErrorCode.FENCED, "the chain has moved on");
            case OVERLOADED -> new CraqException(ErrorCode.OVERLOADED, "too much is under way in this chain");
            case SESSION_UNKNOWN ->
                new CraqException(
                        ErrorCode.INVALID_ARGUMENT,
                        "the session token tells of something that this chain never held; begin a new session");
            case TAIL_SILENT -> new CraqException(ErrorCode.NOT_SERVING, "the chain's tail did not answer in time");
            case DATABASE_UNAVAILABLE ->
                new CraqException(ErrorCode.DATABASE_UNAVAILABLE, "the node's database does not answer");
        };
    }
}
