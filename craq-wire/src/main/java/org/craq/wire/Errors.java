package org.craq.wire;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;

/** Translates errors to gRPC and back. Both directions are pure; logging is left to the caller. */
public final class Errors {
    public static final Metadata.Key<String> CODE = Metadata.Key.of("craq-error", Metadata.ASCII_STRING_MARSHALLER);
    /** Identifies one failed call; the server's log line has the same id. */
    public static final Metadata.Key<String> INSTANCE =
            Metadata.Key.of("craq-instance", Metadata.ASCII_STRING_MARSHALLER);

    /** How long to wait before a repetition, in milliseconds; the name is gRPC's own (its proposal A6). */
    public static final Metadata.Key<String> RETRY_AFTER =
            Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);

    private Errors() {}

    /**
     * Returns a value built from a caller's input.
     *
     * @throws CraqException INVALID_ARGUMENT, with the text of the IllegalArgumentException that the value's own rules
     * raise
     */
    public static <T> T valid(Supplier<T> value) {
        try {
            return value.get();
        } catch (IllegalArgumentException e) {
            throw new CraqException(ErrorCode.INVALID_ARGUMENT, e.getMessage(), e);
        }
    }

    /** Converts a failure to what a caller may know: anything unexpected becomes INTERNAL, without its text. */
    public static CraqException classify(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CraqException known) {
                return known;
            }
            if (cause instanceof StatusRuntimeException || cause instanceof StatusException) {
                return fromGrpc(cause);
            }
        }
        return new CraqException(ErrorCode.INTERNAL, "internal error", failure);
    }

    public static StatusRuntimeException toGrpc(CraqException failure, UUID instance) {
        Metadata trailers = new Metadata();
        trailers.put(CODE, failure.code().name());
        trailers.put(INSTANCE, instance.toString());
        failure.retryAfter().ifPresent(pause -> trailers.put(RETRY_AFTER, Long.toString(pauseMillis(pause))));
        return Status.fromCode(failure.code().grpc())
                .withDescription(failure.getMessage())
                .asRuntimeException(trailers);
    }

    /** Reads the code from the trailers; a status without one was created by gRPC itself. */
    public static CraqException fromGrpc(Throwable failure) {
        Status status = Status.fromThrowable(failure);
        String text = Optional.ofNullable(status.getDescription())
                .orElse(status.getCode().name());
        Metadata trailers =
                Optional.ofNullable(Status.trailersFromThrowable(failure)).orElseGet(Metadata::new);
        ErrorCode code = code(status, trailers);
        return retryAfter(trailers)
                .map(pause -> new CraqException(code, text, pause))
                .orElseGet(() -> new CraqException(code, text + tlsReason(status), failure));
    }

    /** Returns a pause in whole milliseconds, as it is sent: not shorter than it is. */
    public static long pauseMillis(Duration pause) {
        return pause.plusNanos(999_999).toMillis();
    }

    private static Optional<Duration> retryAfter(Metadata trailers) {
        return Optional.ofNullable(trailers.get(RETRY_AFTER))
                .filter(text -> text.matches("[0-9]{1,9}"))
                .map(text -> Duration.ofMillis(Long.parseLong(text)));
    }

    /** Why a TLS connection failed; gRPC's own description does not say it. */
    private static String tlsReason(Status status) {
        Throwable cause = status.getCause();
        if (!(cause instanceof SSLException)) {
            return "";
        }
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return ": " + cause.getMessage();
    }

    static ErrorCode code(Status status, Metadata trailers) {
        return Optional.ofNullable(trailers.get(CODE))
                .flatMap(Errors::code)
                .orElseGet(() -> fromStatus(status.getCode()));
    }

    /** Returns the code of that name; empty for a code of a later build. */
    public static Optional<ErrorCode> code(String name) {
        return Arrays.stream(ErrorCode.values())
                .filter(known -> known.name().equals(name))
                .findFirst();
    }

    private static ErrorCode fromStatus(Status.Code code) {
        return switch (code) {
            case UNAVAILABLE, ABORTED -> ErrorCode.NOT_SERVING;
            case RESOURCE_EXHAUSTED -> ErrorCode.OVERLOADED;
            case CANCELLED -> ErrorCode.UPLOAD_ABANDONED;
            case DEADLINE_EXCEEDED, UNKNOWN -> ErrorCode.OUTCOME_UNKNOWN;
            case INVALID_ARGUMENT -> ErrorCode.INVALID_ARGUMENT;
            case NOT_FOUND -> ErrorCode.NOT_FOUND;
            default -> ErrorCode.INTERNAL;
        };
    }
}
