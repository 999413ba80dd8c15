package org.craq.wire;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;

/**
 * The single place where a server's failures become gRPC statuses. Callers' mistakes and conditions that allow a retry
 * keep their code and message; everything else is logged with an instance id and reported as INTERNAL with that id.
 */
public final class ErrorInterceptor implements ServerInterceptor {
    private static final Logger LOG = System.getLogger(ErrorInterceptor.class.getName());

    private final BiConsumer<String, ErrorCode> onRefusal;

    /**
     * Creates an interceptor.
     *
     * @param onRefusal receives the method's full name and the code of each call that did not succeed
     */
    public ErrorInterceptor(BiConsumer<String, ErrorCode> onRefusal) {
        this.onRefusal = onRefusal;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        String method = call.getMethodDescriptor().getFullMethodName();
        AtomicBoolean closed = new AtomicBoolean();
        ServerCall<Q, A> translating = new SimpleForwardingServerCall<>(call) {
            @Override
            public void close(Status status, Metadata trailers) {
                closed.set(true);
                if (status.isOk() || status.getCode() == Status.Code.UNIMPLEMENTED) {
                    super.close(status, trailers);
                    return;
                }
                Translated translated = translate(method, status, trailers);
                onRefusal.accept(method, Errors.code(translated.status, translated.trailers));
                super.close(translated.status, translated.trailers);
            }
        };
        return new CatchingListener<>(next.startCall(translating, headers), translating, closed);
    }

    private record Translated(Status status, Metadata trailers) {}

    private static Translated translate(String method, Status status, Metadata trailers) {
        if (trailers.containsKey(Errors.CODE)) {
            return new Translated(status, trailers);
        }
        Throwable cause = status.getCause();
        CraqException failure = cause == null ? ofGrpc(status) : Errors.classify(cause);
        UUID instance = UUID.randomUUID();
        log(method, instance, failure, cause);
        io.grpc.StatusRuntimeException answer = Errors.toGrpc(failure, instance);
        return new Translated(answer.getStatus(), answer.getTrailers());
    }

    /**
     * Logs a failure once, under the id that its answer carries.
     *
     * @param method full name
     * @param cause the cause of the failure, or null
     */
    public static void log(String method, UUID instance, CraqException failure, Throwable cause) {
        if (failure.code() == ErrorCode.INTERNAL) {
            LOG.log(Level.ERROR, "instance " + instance + ": " + method + " failed", cause);
        } else {
            LOG.log(
                    Level.DEBUG,
                    () -> "instance " + instance + ": " + method + ": " + failure.code() + " " + failure.getMessage());
        }
    }

    /**
     * Converts a failure that gRPC itself reports. gRPC uses INTERNAL for malformed calls, such as one without a
     * message; our own internal errors have a cause.
     */
    private static CraqException ofGrpc(Status status) {
        return status.getCode() == Status.Code.INTERNAL
                ? new CraqException(ErrorCode.INVALID_ARGUMENT, "the call is malformed: " + status.getDescription())
                : Errors.fromGrpc(status.asRuntimeException());
    }

    /** Closes a call with the exception that left its service method, instead of with a bare UNKNOWN. */
    private static final class CatchingListener<Q>
            extends io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener<Q> {
        private final ServerCall<Q, ?> call;
        private final AtomicBoolean closed;

        CatchingListener(ServerCall.Listener<Q> delegate, ServerCall<Q, ?> call, AtomicBoolean closed) {
            super(delegate);
            this.call = call;
            this.closed = closed;
        }

        @Override
        public void onMessage(Q message) {
            guard(() -> super.onMessage(message));
        }

        @Override
        public void onHalfClose() {
            guard(super::onHalfClose);
        }

        @Override
        public void onReady() {
            guard(super::onReady);
        }

        private void guard(Runnable step) {
            try {
                step.run();
            } catch (RuntimeException e) {
                if (closed.get()) {
                    // The client still sent messages after its call was answered; the service has no state for them.
                    LOG.log(Level.DEBUG, "after the end of a call", e);
                } else {
                    call.close(Status.UNKNOWN.withCause(e), new Metadata());
                }
            } catch (OutOfMemoryError e) {
                // This is direct memory; for the heap the server has its own setting. Ending the call releases its
                // share.
                call.close(
                        Status.UNKNOWN.withCause(new CraqException(
                                ErrorCode.OVERLOADED, "the server is out of memory: " + e.getMessage(), e)),
                        new Metadata());
            }
        }
    }
}
