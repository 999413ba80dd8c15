package org.craq.server.audit;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.craq.server.audit.AuditedCall.Kind;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.Errors;
import org.craq.wire.NodeCalls;
import org.craq.wire.tls.Identity;
import org.craq.wire.v1.ChangeReply;
import org.craq.wire.v1.ManagerGrpc;
import org.craq.wire.v1.NodeGrpc;
import org.craq.wire.v1.Receipt;
import org.craq.wire.v1.WriteReply;

/**
 * The audit trail of gRPC calls: the outermost interceptor, which sees the final status of each call. What is inside of
 * it, and reads messages, tells it more through {@link AuditedCall#current}.
 */
public final class AuditedCalls implements ServerInterceptor {
    private static final Map<String, Kind> KINDS = Map.of(
            NodeGrpc.getStreamWriteMethod().getFullMethodName(), Kind.CHANGE,
            NodeGrpc.getDeleteMethod().getFullMethodName(), Kind.CHANGE,
            NodeGrpc.getChangeMethod().getFullMethodName(), Kind.CHANGE,
            ManagerGrpc.getGetTokenMethod().getFullMethodName(), Kind.CHANGE,
            ManagerGrpc.getRegisterNodeMethod().getFullMethodName(), Kind.CHANGE,
            NodeGrpc.getStreamReadMethod().getFullMethodName(), Kind.READ,
            NodeGrpc.getStatMethod().getFullMethodName(), Kind.READ,
            NodeGrpc.getListFilesMethod().getFullMethodName(), Kind.READ,
            NodeGrpc.getListVersionsMethod().getFullMethodName(), Kind.READ);
    private static final Map<String, String> WORDS = Map.of(
            NodeGrpc.getStreamWriteMethod().getFullMethodName(), "write",
            NodeGrpc.getDeleteMethod().getFullMethodName(), "delete",
            NodeGrpc.getChangeMethod().getFullMethodName(), "transaction",
            ManagerGrpc.getGetTokenMethod().getFullMethodName(), "login",
            ManagerGrpc.getRegisterNodeMethod().getFullMethodName(), "register",
            NodeGrpc.getStreamReadMethod().getFullMethodName(), "read",
            NodeGrpc.getStatMethod().getFullMethodName(), "stat",
            NodeGrpc.getListFilesMethod().getFullMethodName(), "list",
            NodeGrpc.getListVersionsMethod().getFullMethodName(), "versions");

    private final AuditTrail trail;
    private final ServerInterceptor inner;

    /**
     * Creates it.
     *
     * @param inner translates errors, inside of this
     */
    public AuditedCalls(AuditTrail trail, ServerInterceptor inner) {
        this.trail = trail;
        this.inner = inner;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        if (!trail.isOn()) {
            return inner.interceptCall(call, headers, next);
        }
        String method = call.getMethodDescriptor().getFullMethodName();
        AuditedCall audited = new AuditedCall(
                "grpc",
                address(call),
                KINDS.getOrDefault(method, Kind.STEP),
                WORDS.getOrDefault(
                        method, method.substring(method.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT)));
        node(call, method, audited);
        ServerCall<Q, A> watched = new SimpleForwardingServerCall<>(call) {
            @Override
            public void close(Status status, Metadata trailers) {
                ended(audited, status, trailers);
                super.close(status, trailers);
            }
        };
        if (audited.changes() && method.startsWith(NodeGrpc.SERVICE_NAME + "/")) {
            try {
                trail.requireWorking();
            } catch (CraqException refused) {
                var answer = Errors.toGrpc(refused, UUID.randomUUID());
                watched.close(answer.getStatus(), answer.getTrailers());
                return new ServerCall.Listener<>() {};
            }
        }
        return new SimpleForwardingServerCallListener<>(Contexts.interceptCall(
                Context.current().withValue(AuditedCall.KEY, audited),
                watched,
                headers,
                (passed, same) -> inner.interceptCall(passed, same, next))) {
            @Override
            public void onCancel() {
                if (audited.changes()) {
                    audited.ends(trail, ErrorCode.OUTCOME_UNKNOWN.name(), false, "");
                }
                super.onCancel();
            }
        };
    }

    private void ended(AuditedCall audited, Status status, Metadata trailers) {
        if (status.isOk()) {
            audited.ends(trail, AuditRecord.OK, false, "");
            return;
        }
        ErrorCode code = Errors.fromGrpc(status.asRuntimeException(trailers)).code();
        boolean denied = AuditedCall.denies(code);
        audited.ends(
                trail,
                code.name(),
                denied,
                Optional.ofNullable(trailers.get(Errors.INSTANCE)).orElse(""));
    }

    private static String address(ServerCall<?, ?> call) {
        SocketAddress remote = call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
        return remote instanceof InetSocketAddress address ? address.getHostString() : String.valueOf(remote);
    }

    /** Names the node or manager that calls, whatever it calls. */
    private static void node(ServerCall<?, ?> call, String method, AuditedCall audited) {
        SSLSession session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
        try {
            if (session != null && session.getPeerCertificates()[0] instanceof X509Certificate certificate) {
                Identity identity = Identity.of(certificate);
                boolean user = identity.kind() == Identity.Kind.USER;
                if (!user || NodeCalls.contains(method)) {
                    audited.caller(
                            user
                                    ? identity.name()
                                    : identity.kind().name().toLowerCase(Locale.ROOT) + "/" + identity.name(),
                            "CERTIFICATE",
                            "");
                }
            }
        } catch (SSLPeerUnverifiedException | CertificateException e) {
            // Nobody is known.
            return;
        }
    }

    /** Returns a call that notes which versions its answers name; for where answers are messages. */
    public static <Q, A> ServerCall<Q, A> notingReceipts(ServerCall<Q, A> call) {
        AuditedCall audited = AuditedCall.KEY.get();
        if (audited == null) {
            return call;
        }
        return new SimpleForwardingServerCall<>(call) {
            @Override
            public void sendMessage(A message) {
                if (message instanceof WriteReply reply) {
                    if (reply.hasReceipt()) {
                        note(audited, reply.getReceipt());
                    }
                } else if (message instanceof Receipt receipt) {
                    note(audited, receipt);
                } else if (message instanceof ChangeReply reply) {
                    reply.getReceiptsList().forEach(receipt -> note(audited, receipt));
                }
                super.sendMessage(message);
            }
        };
    }

    /** Notes the version that a write has made. */
    static void note(AuditedCall audited, Receipt receipt) {
        audited.made(
                receipt.getVersion().getEpoch() + "-" + receipt.getVersion().getSeq(), receipt.getLength());
    }
}
