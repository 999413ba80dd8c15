package org.craq.wire;

import io.grpc.Status;

/**
 * The reasons for which a request can fail: one table of code, retry advice, gRPC status and HTTP status. The name is
 * sent in the gRPC trailer {@code craq-error} and in the {@code type} of an RFC 9457 problem.
 */
public enum ErrorCode {
    INVALID_ARGUMENT(Advice.MEND_REQUEST, Status.Code.INVALID_ARGUMENT, 400),
    CHECKSUM_MISMATCH(Advice.MEND_REQUEST, Status.Code.INVALID_ARGUMENT, 400),
    NOT_FOUND(Advice.MEND_REQUEST, Status.Code.NOT_FOUND, 404),
    /** The version existed once, and retention or a compaction removed it. */
    VERSION_GONE(Advice.MEND_REQUEST, Status.Code.NOT_FOUND, 410),
    PRECONDITION_FAILED(Advice.MEND_REQUEST, Status.Code.FAILED_PRECONDITION, 412),
    /** The write id already belongs to a different request. Status as in draft-ietf-httpapi-idempotency-key-header. */
    WRITE_ID_REUSED(Advice.MEND_REQUEST, Status.Code.INVALID_ARGUMENT, 422),
    /** The change that an administrator requested would lose data or availability, or contradicts the present state. */
    CHANGE_REFUSED(Advice.MEND_REQUEST, Status.Code.FAILED_PRECONDITION, 409),
    /** The version is older than those that retention keeps. */
    VERSION_PRUNED(Advice.MEND_REQUEST, Status.Code.NOT_FOUND, 410),
    /** An upload in parts was not resumed for so long that it was discarded. */
    UPLOAD_EXPIRED(Advice.MEND_REQUEST, Status.Code.NOT_FOUND, 410),
    /** A part of an upload does not begin where the previous one ended. */
    OFFSET_MISMATCH(Advice.ASK_OFFSET, Status.Code.ABORTED, 409),
    /** Another request is currently writing to the same upload. */
    UPLOAD_LOCKED(Advice.REPEAT_LATER, Status.Code.ABORTED, 423),
    /** A part of an upload does not match its checksum; the status is defined by tus. */
    PART_CHECKSUM_MISMATCH(Advice.ASK_OFFSET, Status.Code.INVALID_ARGUMENT, 460),
    CONTENT_TOO_LARGE(Advice.MEND_REQUEST, Status.Code.INVALID_ARGUMENT, 413),
    UNSUPPORTED_MEDIA_TYPE(Advice.MEND_REQUEST, Status.Code.INVALID_ARGUMENT, 415),
    /** The body has an encoding that the store would not pass on to its readers. */
    UNSUPPORTED_ENCODING(Advice.MEND_REQUEST, Status.Code.INVALID_ARGUMENT, 415),
    RANGE_NOT_SATISFIABLE(Advice.MEND_REQUEST, Status.Code.OUT_OF_RANGE, 416),
    /** The sender stopped before the end, or made no progress within the time limit. */
    UPLOAD_ABANDONED(Advice.REPEAT_LATER, Status.Code.CANCELLED, 408),
    /** The write must be sent to the head of the chain. */
    NOT_HEAD(Advice.ASK_MANAGER, Status.Code.FAILED_PRECONDITION, 421),
    /** The node has no lease or is not complete; another member may serve. */
    NOT_SERVING(Advice.ASK_MANAGER, Status.Code.UNAVAILABLE, 503),
    /** The message belongs to another epoch or incarnation. */
    FENCED(Advice.ASK_MANAGER, Status.Code.ABORTED, 409),
    /** A limit on work in progress was reached. */
    OVERLOADED(Advice.REPEAT_LATER, Status.Code.RESOURCE_EXHAUSTED, 503),
    /** This caller uses more than its share of the server. */
    RATE_LIMITED(Advice.REPEAT_LATER, Status.Code.RESOURCE_EXHAUSTED, 429),
    STORAGE_FULL(Advice.REPEAT_LATER, Status.Code.RESOURCE_EXHAUSTED, 507),
    /** The files under a prefix would exceed what an administrator allows for them. */
    QUOTA_EXCEEDED(Advice.MEND_REQUEST, Status.Code.RESOURCE_EXHAUSTED, 507),
    STORAGE_FAILED(Advice.ASK_MANAGER, Status.Code.UNAVAILABLE, 503),
    DATABASE_UNAVAILABLE(Advice.REPEAT_LATER, Status.Code.UNAVAILABLE, 503),
    MANAGER_UNAVAILABLE(Advice.REPEAT_LATER, Status.Code.UNAVAILABLE, 503),
    /** No chain is configured yet, or none of its members may serve. */
    NO_CHAIN(Advice.REPEAT_LATER, Status.Code.UNAVAILABLE, 503),
    /** This replica's bytes fail their checksum; other members hold the file too. */
    CONTENT_DAMAGED(Advice.ASK_MANAGER, Status.Code.DATA_LOSS, 503),
    /** The write may or may not have been applied. */
    OUTCOME_UNKNOWN(Advice.REPEAT_SAME_WRITE_ID, Status.Code.UNKNOWN, 504),
    /** The Host header has a name that this server does not answer to. */
    UNKNOWN_HOST(Advice.MEND_REQUEST, Status.Code.FAILED_PRECONDITION, 421),
    /** A web page of another origin tried to change something. */
    CROSS_SITE(Advice.MEND_REQUEST, Status.Code.PERMISSION_DENIED, 403),
    /** The caller has not shown who it is, or no longer is who it was. */
    UNAUTHENTICATED(Advice.MEND_REQUEST, Status.Code.UNAUTHENTICATED, 401),
    /** The caller is known and may not do this. */
    PERMISSION_DENIED(Advice.MEND_REQUEST, Status.Code.PERMISSION_DENIED, 403),
    INTERNAL(Advice.REPORT, Status.Code.INTERNAL, 500);

    /** What a caller should do next. */
    public enum Advice {
        MEND_REQUEST("correct the request; repeating it as it is will not help"),
        REPEAT_LATER("repeat the request after a pause"),
        ASK_OFFSET("ask for the upload's offset with HEAD, and resume from there"),
        ASK_MANAGER("ask the manager for the chain and repeat the request on the node that it names"),
        REPEAT_SAME_WRITE_ID("repeat the write with the same write id: it will not be applied twice"),
        REPORT("this is a server error: look for the instance id in the server's log and report it");

        private final String text;

        Advice(String text) {
            this.text = text;
        }

        public String text() {
            return text;
        }

        /** Returns true if a program may repeat the request without human help. */
        public boolean repeatable() {
            return this != MEND_REQUEST && this != REPORT;
        }
    }

    private final Advice advice;
    private final Status.Code grpc;
    private final int http;

    ErrorCode(Advice advice, Status.Code grpc, int http) {
        this.advice = advice;
        this.grpc = grpc;
        this.http = http;
    }

    public Advice advice() {
        return advice;
    }

    public Status.Code grpc() {
        return grpc;
    }

    /** HTTP status code, RFC 9110. */
    public int http() {
        return http;
    }
}
