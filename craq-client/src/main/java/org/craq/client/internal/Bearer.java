package org.craq.client.internal;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.util.Optional;
import java.util.function.Supplier;
import org.craq.wire.v1.ManagerGrpc;

/** Sends the token with each call, except with the one that asks for a token. */
final class Bearer implements ClientInterceptor {
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    private final Supplier<Optional<String>> token;

    Bearer(Supplier<Optional<String>> token) {
        this.token = token;
    }

    @Override
    public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
        ClientCall<Q, A> call = next.newCall(method, options);
        if (method.getFullMethodName().equals(ManagerGrpc.getGetTokenMethod().getFullMethodName())) {
            return call;
        }
        return new SimpleForwardingClientCall<>(call) {
            @Override
            public void start(Listener<A> listener, Metadata headers) {
                token.get().ifPresent(text -> headers.put(AUTHORIZATION, "Bearer " + text));
                super.start(listener, headers);
            }
        };
    }
}
