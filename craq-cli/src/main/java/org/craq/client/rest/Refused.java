package org.craq.client.rest;

import org.craq.wire.ErrorCode;

/** A server has answered that it does not do what was asked. */
public final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final ErrorCode code;
    private final String advice;

    Refused(int status, ErrorCode code, String detail, String advice) {
        super(detail);
        this.status = status;
        this.code = code;
        this.advice = advice;
    }

    /** Returns the HTTP status. */
    public int status() {
        return status;
    }

    /** Returns the error's code; INTERNAL for one that this program does not know. */
    public ErrorCode code() {
        return code;
    }

    /** Returns what the server advises to do; may be empty. */
    public String advice() {
        return advice;
    }
}
