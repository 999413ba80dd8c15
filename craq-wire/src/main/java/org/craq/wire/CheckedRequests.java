package org.craq.wire;

import io.grpc.ForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Checks the requests of a service against {@link MessageBounds} before they are parsed. A message that is too large or
 * cannot be parsed ends its call with INVALID_ARGUMENT. By default gRPC would end it with UNKNOWN and log a stack trace
 * for each.
 */
final class CheckedRequests {
    private static final Logger LOG = System.getLogger(CheckedRequests.class.getName());

    private CheckedRequests() {}

    static ServerServiceDefinition of(ServerServiceDefinition service) {
        List<ServerMethodDefinition<?, ?>> methods = new ArrayList<>();
        service.getMethods().forEach(method -> methods.add(of(method)));
        ServiceDescriptor.Builder descriptor = ServiceDescriptor.newBuilder(
                        service.getServiceDescriptor().getName())
                .setSchemaDescriptor(service.getServiceDescriptor().getSchemaDescriptor());
        methods.forEach(method -> descriptor.addMethod(method.getMethodDescriptor()));
        ServerServiceDefinition.Builder checked = ServerServiceDefinition.builder(descriptor.build());
        methods.forEach(checked::addMethod);
        return checked.build();
    }

    private static <Q, A> ServerMethodDefinition<Received<Q>, A> of(ServerMethodDefinition<Q, A> method) {
        MethodDescriptor<Q, A> usual = method.getMethodDescriptor();
        Marshaller<Q> marshaller = ContentMarshaller.bounded(
                usual.getRequestMarshaller(),
                MessageBounds.of(usual),
                !usual.getType().clientSendsOneMessage());
        return ServerMethodDefinition.create(
                usual.toBuilder(new Reader<>(marshaller), usual.getResponseMarshaller())
                        .build(),
                new Handler<>(usual, method.getServerCallHandler()));
    }

    /**
     * A parsed request, or why there is none.
     *
     * @param message null if there is a failure
     * @param failure null if there is a message
     */
    private record Received<Q>(Q message, CraqException failure) {}

    private record Reader<Q>(Marshaller<Q> marshaller) implements Marshaller<Received<Q>> {
        @Override
        public InputStream stream(Received<Q> value) {
            return marshaller.stream(value.message());
        }

        @Override
        public Received<Q> parse(InputStream stream) {
            try {
                return new Received<>(marshaller.parse(stream), null);
            } catch (CraqException refused) {
                return new Received<>(null, refused);
            } catch (RuntimeException e) {
                LOG.log(Level.DEBUG, "a message can't be read", e);
                return new Received<>(
                        null,
                        new CraqException(
                                ErrorCode.INVALID_ARGUMENT,
                                "a message can't be read; it does not follow the protocol buffers of this service"));
            }
        }
    }

    private record Handler<Q, A>(MethodDescriptor<Q, A> usual, ServerCallHandler<Q, A> handler)
            implements ServerCallHandler<Received<Q>, A> {
        @Override
        public ServerCall.Listener<Received<Q>> startCall(ServerCall<Received<Q>, A> call, Metadata headers) {
            return new Listener<>(call, handler.startCall(new Call<>(usual, call), headers));
        }
    }

    /** The call as the service sees it. */
    private static final class Call<Q, A> extends ForwardingServerCall<Q, A> {
        private final MethodDescriptor<Q, A> usual;
        private final ServerCall<?, A> call;

        Call(MethodDescriptor<Q, A> usual, ServerCall<Received<Q>, A> call) {
            this.usual = usual;
            this.call = call;
        }

        @Override
        public MethodDescriptor<Q, A> getMethodDescriptor() {
            return usual;
        }

        @Override
        @SuppressWarnings("unchecked") // Only methods that concern responses are still forwarded.
        protected ServerCall<Q, A> delegate() {
            return (ServerCall<Q, A>) call;
        }
    }

    private static final class Listener<Q> extends ServerCall.Listener<Received<Q>> {
        private final ServerCall<Received<Q>, ?> call;
        private final ServerCall.Listener<Q> service;
        private boolean ended;

        Listener(ServerCall<Received<Q>, ?> call, ServerCall.Listener<Q> service) {
            this.call = call;
            this.service = service;
        }

        @Override
        public void onMessage(Received<Q> received) {
            if (ended) {
                return;
            }
            if (received.failure() == null) {
                service.onMessage(received.message());
                return;
            }
            ended = true;
            var answer = Errors.toGrpc(received.failure(), UUID.randomUUID());
            call.close(answer.getStatus(), answer.getTrailers());
            // Makes the service release what it holds for the call, as if the client had gone.
            service.onCancel();
        }

        @Override
        public void onHalfClose() {
            if (!ended) {
                service.onHalfClose();
            }
        }

        @Override
        public void onReady() {
            if (!ended) {
                service.onReady();
            }
        }

        @Override
        public void onCancel() {
            if (!ended) {
                service.onCancel();
            }
        }

        @Override
        public void onComplete() {
            if (!ended) {
                service.onComplete();
            }
        }
    }
}
