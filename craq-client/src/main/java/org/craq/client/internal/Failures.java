package org.craq.client.internal;

import io.grpc.Metadata;
import io.grpc.Status;
import java.net.ConnectException;
import java.util.Optional;
import org.craq.client.FailureReason;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.Errors;

/** Turns the failure of a call into an error code and a sentence that names the server that was called. Pure. */
final class Failures {
    private Failures() {}

    /** Translates the failure of a call to a node that changes nothing, or is known not to have changed anything. */
    static CraqException atNode(Peer node, Throwable failure) {
        return stated(failure)
                .map(known -> new CraqException(known.code(), node + ": " + known.getMessage(), known))
                .orElseGet(() -> transport(node, failure));
    }

    /**
     * Translates the failure of a call that may have taken effect. The outcome is known only if the node itself
     * reported it, or was never reached.
     */
    static CraqException atHead(Peer head, Throwable failure) {
        if (stated(failure).isPresent() || unreachable(failure)) {
            return atNode(head, failure);
        }
        return new CraqException(
                ErrorCode.OUTCOME_UNKNOWN, "lost the connection to " + head + ": " + root(failure), failure);
    }

    static CraqException atManager(String address, Throwable failure) {
        return stated(failure)
                .map(known -> new CraqException(known.code(), "manager " + address + ": " + known.getMessage(), known))
                .orElseGet(() -> new CraqException(
                        ErrorCode.MANAGER_UNAVAILABLE, "manager " + address + ": " + managerText(failure), failure));
    }

    private static String managerText(Throwable failure) {
        return switch (Status.fromThrowable(failure).getCode()) {
            case UNAVAILABLE, CANCELLED -> root(failure) + tlsHint(failure);
            case DEADLINE_EXCEEDED -> "no answer in time";
            default ->
                "what listens there does not answer as a CRAQ manager (" + root(failure)
                        + "); give the manager's gRPC port, by default 9005, not its HTTP port";
        };
    }

    /** A server that expects TLS closes connections without a word. */
    private static String tlsHint(Throwable failure) {
        return root(failure).contains("Network closed")
                ? " (if it encrypts gRPC, name its authorities: --ca FILE, or ClientTls in Java)"
                : "";
    }

    /** Returns the error that the server itself, or a gateway, reported; empty if the status comes from gRPC. */
    private static Optional<CraqException> stated(Throwable failure) {
        Metadata trailers = Status.trailersFromThrowable(failure);
        if (trailers != null && trailers.containsKey(Errors.CODE)) {
            return Optional.of(Errors.fromGrpc(failure));
        }
        // A gateway before the server may refuse a call, too; repeating it would not help.
        return switch (Status.fromThrowable(failure).getCode()) {
            case UNAUTHENTICATED -> Optional.of(new CraqException(ErrorCode.UNAUTHENTICATED, root(failure), failure));
            case PERMISSION_DENIED ->
                Optional.of(new CraqException(ErrorCode.PERMISSION_DENIED, root(failure), failure));
            default -> Optional.empty();
        };
    }

    private static CraqException transport(Peer node, Throwable failure) {
        if (unreachable(failure)) {
            return new CraqException(ErrorCode.NOT_SERVING, "can't connect to " + node + ": " + root(failure), failure);
        }
        return switch (Status.fromThrowable(failure).getCode()) {
            case UNIMPLEMENTED ->
                new CraqException(
                        ErrorCode.INTERNAL, node + " does not know this request: is it a CRAQ node?", failure);
            case RESOURCE_EXHAUSTED -> new CraqException(ErrorCode.OVERLOADED, node + ": " + root(failure), failure);
            case DEADLINE_EXCEEDED ->
                new CraqException(ErrorCode.NOT_SERVING, node + " did not answer in time", failure);
            default ->
                new CraqException(
                        ErrorCode.NOT_SERVING, "lost the connection to " + node + ": " + root(failure), failure);
        };
    }

    private static boolean unreachable(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConnectException || cause instanceof java.net.UnknownHostException) {
                return true;
            }
        }
        return false;
    }

    /** Returns the innermost message: gRPC's own says little more than "io exception". */
    private static String root(Throwable failure) {
        return FailureReason.ofConnection(failure);
    }
}
