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
 * The one place where a server's failures become gRPC statuses: callers' mistakes and conditions to retry keep their
 * code and sentence, everything else is logged with an instance id and answered as INTERNAL with that id.
 */
public final class ErrorInterceptor implements ServerInterceptor {
    private static final Logger LOG = System.getLogger(ErrorInterceptor.class.getName());

    private final BiConsumer<String, ErrorCode> onRefusal;

    /**
     * An interceptor that tells of what it translates.
     *
     * @param onRefusal gets the method's full name and the code of each call that did not succeed
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
     * Notes what is about to be answered, once, under the id that the answer carries.
     *
     * @param method full name
     * @param cause what is behind the failure; null: nothing
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

    /** What gRPC finds wrong with a call, such as one without a message, it calls INTERNAL; our own faults have a cause. */
    private static CraqException ofGrpc(Status status) {
        return status.getCode() == Status.Code.INTERNAL
                ? new CraqException(ErrorCode.INVALID_ARGUMENT, "no such call can be made: " + status.getDescription())
                : Errors.fromGrpc(status.asRuntimeException());
    }

    /** An exception that leaves a service method closes the call with it, instead of with a bare UNKNOWN. */
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
                    // What the client still sends after its answer finds nothing to go on with.
                    LOG.log(Level.DEBUG, "after the end of a call", e);
                } else {
                    call.close(Status.UNKNOWN.withCause(e), new Metadata());
                }
            } catch (OutOfMemoryError e) {
                // Of memory outside the heap; for the heap's there is a setting of the server. A call's end gives its
                // share back.
                call.close(
                        Status.UNKNOWN.withCause(new CraqException(
                                ErrorCode.OVERLOADED, "the server is short of memory: " + e.getMessage(), e)),
                        new Metadata());
            }
        }
    }
}
