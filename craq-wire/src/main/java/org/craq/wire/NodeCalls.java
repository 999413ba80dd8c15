package org.craq.wire;

import com.google.protobuf.GeneratedMessage;
import io.grpc.Attributes;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.net.URI;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.craq.wire.tls.Identity;
import org.craq.wire.v1.Envelope;
import org.craq.wire.v1.FetchRequest;
import org.craq.wire.v1.FromSuccessor;
import org.craq.wire.v1.GetRightsRequest;
import org.craq.wire.v1.HeartbeatRequest;
import org.craq.wire.v1.ManagerGrpc;
import org.craq.wire.v1.PushRequest;
import org.craq.wire.v1.RegisterNodeRequest;
import org.craq.wire.v1.ReplicationGrpc;
import org.craq.wire.v1.SignRequestRequest;
import org.craq.wire.v1.VersionQuery;

/**
 * Lets only nodes make the calls of nodes, each in its own name: the certificate of the connection must be that of the node that the
 * message says it comes from, and a node registers only addresses that its certificate names.
 */
public final class NodeCalls implements ServerInterceptor {
    private final String cluster;

    /**
     * Creates the rule.
     *
     * @param cluster the cluster whose nodes may call
     */
    public NodeCalls(String cluster) {
        this.cluster = cluster;
    }

    /** Returns whether a method is called by nodes only. */
    public static boolean contains(String method) {
        return method.startsWith(ReplicationGrpc.SERVICE_NAME + "/")
                || method.equals(ManagerGrpc.getHeartbeatMethod().getFullMethodName())
                || method.equals(ManagerGrpc.getRegisterNodeMethod().getFullMethodName())
                || method.equals(ManagerGrpc.getGetRightsMethod().getFullMethodName())
                || method.equals(ManagerGrpc.getSignRequestMethod().getFullMethodName());
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        if (!contains(call.getMethodDescriptor().getFullMethodName())) {
            return next.startCall(call, headers);
        }
        X509Certificate certificate;
        Identity caller;
        try {
            certificate = certificate(call.getAttributes());
            caller = node(certificate);
        } catch (CraqException refused) {
            return refuse(call, refused);
        }
        return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {
            private boolean refused;

            @Override
            public void onMessage(Q message) {
                if (refused) {
                    return;
                }
                try {
                    check(caller, certificate, message);
                } catch (CraqException e) {
                    refused = true;
                    refuse(call, e);
                    super.onCancel();
                    return;
                }
                super.onMessage(message);
            }

            @Override
            public void onHalfClose() {
                if (!refused) {
                    super.onHalfClose();
                }
            }
        };
    }

    private static <Q> ServerCall.Listener<Q> refuse(ServerCall<Q, ?> call, CraqException reason) {
        var answer = Errors.toGrpc(reason, UUID.randomUUID());
        call.close(answer.getStatus(), answer.getTrailers());
        return new ServerCall.Listener<>() {};
    }

    private static X509Certificate certificate(Attributes connection) {
        SSLSession session = connection.get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
        try {
            Certificate[] chain = session == null ? new Certificate[0] : session.getPeerCertificates();
            if (chain.length > 0 && chain[0] instanceof X509Certificate certificate) {
                certificate.checkValidity();
                return certificate;
            }
        } catch (SSLPeerUnverifiedException e) {
            throw new CraqException(ErrorCode.UNAUTHENTICATED, "this call needs the certificate of a node", e);
        } catch (CertificateException e) {
            throw new CraqException(
                    ErrorCode.UNAUTHENTICATED, "the certificate has expired while the connection was open", e);
        }
        throw new CraqException(ErrorCode.UNAUTHENTICATED, "this call needs the certificate of a node");
    }

    private Identity node(X509Certificate certificate) {
        Identity caller = Errors.valid(() -> {
            try {
                return Identity.of(certificate);
            } catch (CertificateException e) {
                throw new IllegalArgumentException(e.getMessage(), e);
            }
        });
        if (caller.kind() != Identity.Kind.NODE || !caller.cluster().equals(cluster)) {
            throw new CraqException(
                    ErrorCode.PERMISSION_DENIED,
                    "this call is for nodes of cluster " + cluster + ", not for " + caller);
        }
        return caller;
    }

    private static void check(Identity caller, X509Certificate certificate, Object message) {
        sender(message).filter(sender -> !sender.equals(caller.name())).ifPresent(sender -> {
            throw new CraqException(
                    ErrorCode.PERMISSION_DENIED, caller + " must not speak as node '" + printable(sender) + "'");
        });
        if (message instanceof RegisterNodeRequest registration) {
            requireOwn(caller, certificate, registration);
        }
    }

    private static String printable(String id) {
        return id.replaceAll("[^A-Za-z0-9._-]", "?");
    }

    /** Returns the node that a message says it comes from; empty for later messages of a stream, which do not say it. */
    private static Optional<String> sender(Object message) {
        if (message instanceof RegisterNodeRequest registration) {
            return Optional.of(registration.getNodeId());
        } else if (message instanceof HeartbeatRequest heartbeat) {
            return Optional.of(heartbeat.getNodeId());
        } else if (message instanceof GetRightsRequest request) {
            return Optional.of(request.getNodeId());
        } else if (message instanceof SignRequestRequest request) {
            return Optional.of(request.getNodeId());
        } else if (message instanceof FromSuccessor step) {
            return step.hasHello()
                    ? Optional.of(step.getHello().getEnvelope()).map(Envelope::getFrom)
                    : Optional.empty();
        } else if (message instanceof PushRequest push) {
            return push.hasStart()
                    ? Optional.of(push.getStart().getEnvelope()).map(Envelope::getFrom)
                    : Optional.empty();
        } else if (message instanceof FetchRequest fetch) {
            return Optional.of(fetch.getEnvelope().getFrom());
        } else if (message instanceof VersionQuery query) {
            return Optional.of(query.getEnvelope().getFrom());
        }
        throw new IllegalStateException("no rule says who sends "
                + (message instanceof GeneratedMessage known
                        ? known.getDescriptorForType().getFullName()
                        : message.getClass().getName()));
    }

    private static void requireOwn(Identity caller, X509Certificate certificate, RegisterNodeRequest registration) {
        Set<String> hosts = Errors.valid(() -> {
            try {
                return Identity.hosts(certificate);
            } catch (CertificateException e) {
                throw new IllegalArgumentException(e.getMessage(), e);
            }
        });
        requireOwn(caller, hosts, registration.getGrpcAddress(), "//" + registration.getGrpcAddress());
        requireOwn(caller, hosts, registration.getHttpUrl(), registration.getHttpUrl());
        if (!registration.getHttpUrl().startsWith("https://")) {
            throw new CraqException(
                    ErrorCode.PERMISSION_DENIED,
                    caller + " must register an https URL, as this cluster has certificates; set"
                            + " craq.node.http.url=https://HOST:PORT");
        }
    }

    private static void requireOwn(Identity caller, Set<String> hosts, String address, String url) {
        String host = Errors.valid(() -> URI.create(url).getHost());
        if (host == null || !names(hosts, host)) {
            throw new CraqException(
                    ErrorCode.PERMISSION_DENIED,
                    caller + " must not register the address " + address.replaceAll("[^\\x21-\\x7e]", "?")
                            + ", whose host its certificate does not name; it names " + String.join(", ", hosts)
                            + ". Issue a certificate for that host: craq certs node " + caller.name()
                            + " HOST --force");
        }
    }

    /** Compares texts, without any look-up; addresses of IPv6 may be written in several ways. */
    private static boolean names(Set<String> hosts, String host) {
        String plain = host.toLowerCase(Locale.ROOT);
        if (plain.startsWith("[")) {
            String address = plain.substring(1, plain.length() - 1);
            return hosts.stream().anyMatch(known -> known.contains(":") && sameAddress(known, address));
        }
        return hosts.contains(plain);
    }

    private static boolean sameAddress(String one, String other) {
        try {
            // Both are literal addresses, so nothing is looked up.
            return java.net.InetAddress.getByName(one).equals(java.net.InetAddress.getByName(other));
        } catch (java.net.UnknownHostException e) {
            return false;
        }
    }
}
