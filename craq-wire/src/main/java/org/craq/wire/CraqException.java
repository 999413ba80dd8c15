package org.craq.wire;

import java.util.Objects;

/** A request that failed, with the reason as an {@link ErrorCode} and a message for people. */
public final class CraqException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;

    public CraqException(ErrorCode code, String message) {
        super(message);
        this.code = Objects.requireNonNull(code);
    }

    public CraqException(ErrorCode code, String message, Throwable cause) {
        super(message, cause);
        this.code = Objects.requireNonNull(code);
    }

    public ErrorCode code() {
        return code;
    }
}
