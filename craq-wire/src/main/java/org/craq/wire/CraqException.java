package org.craq.wire;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/** A request that failed, with the reason as an {@link ErrorCode} and a message for people. */
public final class CraqException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    /** Null if it is not known; an Optional could not be serialized. */
    private final Duration retryAfter;

    public CraqException(ErrorCode code, String message) {
        super(message);
        this.code = Objects.requireNonNull(code);
        this.retryAfter = null;
    }

    /**
     * Creates a failure of a request that may be repeated later.
     *
     * @param retryAfter how long to wait before that
     */
    public CraqException(ErrorCode code, String message, Duration retryAfter) {
        super(message);
        this.code = Objects.requireNonNull(code);
        this.retryAfter = Objects.requireNonNull(retryAfter);
    }

    /** Creates a failure with a cause; if that is one as well, the pause before a repetition is the same. */
    public CraqException(ErrorCode code, String message, Throwable cause) {
        super(message, cause);
        this.code = Objects.requireNonNull(code);
        this.retryAfter = cause instanceof CraqException known ? known.retryAfter : null;
    }

    public ErrorCode code() {
        return code;
    }

    /** Returns how long to wait before the request is repeated, if the server has said so. */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }
}
