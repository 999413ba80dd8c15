package org.craq.server.access;

import io.grpc.BindableService;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.craq.security.Caller;
import org.craq.server.audit.AuditedCall;
import org.craq.server.audit.AuditedCalls;
import org.craq.wire.CraqException;
import org.craq.wire.Errors;
import org.craq.wire.NodeCalls;

/**
 * The gate for gRPC calls of users: finds out who calls, and refuses a caller who may not call the method.
 * Calls of nodes pass; {@link NodeCalls} checks them.
 */
public final class UserCalls implements ServerInterceptor {
    /** The header with a token, as in HTTP. */
    public static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    private static final Context.Key<Caller> CALLER = Context.key("craq-caller");
    private static final Context.Key<String> ADDRESS = Context.key("craq-caller-address");

    private final Access access;
    private final Map<String, Rule> rules;

    /** Who may call a method. What the caller may do with a file, the service itself asks. */
    public enum Rule {
        /** Any user who says who it is. */
        ANY_USER,
        /** Anyone, even without saying who it is. */
        ANYONE
    }

    /**
     * Creates the gate.
     *
     * @param rules by full method name, for every method of the services that is not for nodes only
     * @throws IllegalStateException if a method has no rule
     */
    public UserCalls(Access access, Map<String, Rule> rules, List<? extends BindableService> services) {
        this.access = access;
        this.rules = Map.copyOf(rules);
        services.stream()
                .flatMap(service -> service.bindService().getMethods().stream())
                .map(method -> method.getMethodDescriptor().getFullMethodName())
                .filter(method -> !NodeCalls.contains(method) && !rules.containsKey(method))
                .findAny()
                .ifPresent(method -> {
                    throw new IllegalStateException("no rule says who may call " + method);
                });
    }

    /** Returns who makes the current call; to be called on the thread on which the call begins. */
    public static Caller caller() {
        return Optional.ofNullable(CALLER.get()).orElse(Caller.UNRESTRICTED);
    }

    /** Returns the address from which the current call comes; to be called on the thread on which the call begins. */
    public static String callerAddress() {
        return Optional.ofNullable(ADDRESS.get()).orElse("");
    }

    private static String address(ServerCall<?, ?> call) {
        SocketAddress remote = call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
        return remote instanceof InetSocketAddress address ? address.getHostString() : String.valueOf(remote);
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        String method = call.getMethodDescriptor().getFullMethodName();
        if (NodeCalls.contains(method)) {
            return next.startCall(call, headers);
        }
        ServerCall<Q, A> noting = AuditedCalls.notingReceipts(call);
        if (!access.isOn()) {
            return next.startCall(noting, headers);
        }
        // Only gRPC's own reflection has none.
        Rule rule = rules.getOrDefault(method, Rule.ANY_USER);
        Caller caller;
        try {
            caller = rule == Rule.ANYONE
                    ? Caller.UNRESTRICTED
                    : access.caller(Optional.ofNullable(headers.get(AUTHORIZATION)), certificate(call), address(call));
        } catch (CraqException refused) {
            AuditedCall.current().claimsBy(Optional.ofNullable(headers.get(AUTHORIZATION)));
            return refuse(call, refused);
        }
        AuditedCall.current().caller(caller);
        try {
            if (rule != Rule.ANYONE) {
                access.admit(caller);
            }
        } catch (CraqException tooMany) {
            return refuse(call, tooMany);
        }
        return Contexts.interceptCall(
                Context.current().withValues(CALLER, caller, ADDRESS, address(call)), noting, headers, next);
    }

    private static <Q> ServerCall.Listener<Q> refuse(ServerCall<Q, ?> call, CraqException reason) {
        var answer = Errors.toGrpc(reason, UUID.randomUUID());
        call.close(answer.getStatus(), answer.getTrailers());
        return new ServerCall.Listener<>() {};
    }

    private static Optional<X509Certificate> certificate(ServerCall<?, ?> call) {
        SSLSession session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
        if (session == null) {
            return Optional.empty();
        }
        try {
            Certificate[] chain = session.getPeerCertificates();
            return chain.length > 0 && chain[0] instanceof X509Certificate own ? Optional.of(own) : Optional.empty();
        } catch (SSLPeerUnverifiedException e) {
            return Optional.empty();
        }
    }
}
