package org.craq.wire.tls;

import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslProvider;
import io.grpc.util.AdvancedTlsX509KeyManager;
import io.grpc.util.AdvancedTlsX509TrustManager;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * The certificate, key and trusted authorities of a process, and the TLS contexts made of them. {@link #reload} takes changed files while
 * the process runs; existing connections keep what they were opened with, but take new calls for an hour only. Only TLS 1.3 is spoken. Thread-safe.
 */
public final class TlsCredentials {
    /** How often {@link #reload} should be called. */
    public static final Duration RELOAD = Duration.ofSeconds(10);

    private static final Logger LOG = System.getLogger(TlsCredentials.class.getName());
    static final String PROTOCOL = "TLSv1.3";
    /** Nobody may resume a session for long with a certificate that has been exchanged meanwhile. */
    private static final long SESSION_SECONDS = 60;

    private static final List<Duration> WARNINGS = List.of(Duration.ofDays(1), Duration.ofDays(7), Duration.ofDays(30));

    private final TlsFiles files;
    private final AdvancedTlsX509KeyManager keys = new AdvancedTlsX509KeyManager();
    private final AdvancedTlsX509TrustManager authorities;
    private final AtomicLong failures = new AtomicLong();
    private volatile Loaded loaded;
    private volatile String lastFailure = "";
    private Duration warnedAt = Duration.ofDays(Integer.MAX_VALUE);

    private TlsCredentials(TlsFiles files, Loaded loaded) throws GeneralSecurityException, IOException {
        this.files = files;
        this.loaded = loaded;
        this.authorities = AdvancedTlsX509TrustManager.newBuilder()
                .setVerification(AdvancedTlsX509TrustManager.Verification.CERTIFICATE_ONLY_VERIFICATION)
                .build();
        use(loaded);
    }

    /**
     * Loads the files.
     *
     * @throws IllegalArgumentException with the file and what is wrong with it
     */
    public static TlsCredentials load(TlsFiles files) {
        try {
            return new TlsCredentials(files, Loaded.of(files));
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private void use(Loaded taken) throws GeneralSecurityException, IOException {
        authorities.updateTrustCredentials(taken.authorities().toArray(X509Certificate[]::new));
        keys.updateIdentityCredentials(taken.chain().toArray(X509Certificate[]::new), taken.key());
        loaded = taken;
    }

    /** Returns who this process is. */
    public Identity identity() {
        return loaded.identity();
    }

    /** Returns when this process's certificate expires. */
    public Instant expires() {
        return loaded.expires();
    }

    /** Returns when the last of the trusted authorities expires. */
    public Instant authoritiesExpire() {
        return loaded.authoritiesExpire();
    }

    /** Returns a digest of the files that are in use, which tells whether they were exchanged. */
    public String digest() {
        return loaded.digest();
    }

    /** Returns how often changed files could not be taken. */
    public long failures() {
        return failures.get();
    }

    /** Returns why the files as they are now can't be taken; empty if they are in use. */
    public String lastFailure() {
        return lastFailure;
    }

    /**
     * Takes the files if their contents have changed. If they can't be used, what was loaded last stays: a key that does not belong to the
     * certificate, a certificate of another process, or one that the authorities have not issued. Never throws.
     */
    public synchronized void reload() {
        warn();
        try {
            if (Loaded.digest(files).equals(loaded.digest())) {
                lastFailure = "";
                return;
            }
            Loaded changed = Loaded.of(files);
            if (!changed.identity().equals(loaded.identity())) {
                throw new CertificateException(files.certificate() + " belongs to " + changed.identity()
                        + ", but this is " + loaded.identity());
            }
            use(changed);
            lastFailure = "";
            warnedAt = Duration.ofDays(Integer.MAX_VALUE);
            LOG.log(Level.INFO, "the certificate of {0} was exchanged; it expires {1}", identity(), expires());
        } catch (GeneralSecurityException | IOException | RuntimeException e) {
            String reason = String.valueOf(e.getMessage());
            failures.incrementAndGet();
            if (!reason.equals(lastFailure)) {
                LOG.log(
                        Level.WARNING,
                        "changed TLS files are not used, those of before stay in use until {0}: {1}",
                        expires(),
                        reason);
            }
            lastFailure = reason;
        }
    }

    private void warn() {
        Instant end = expires().isBefore(authoritiesExpire()) ? expires() : authoritiesExpire();
        Duration left = Duration.between(Instant.now(), end);
        for (Duration limit : WARNINGS) {
            if (left.compareTo(limit) < 0) {
                if (limit.compareTo(warnedAt) < 0) {
                    warnedAt = limit;
                    LOG.log(
                            Level.WARNING,
                            "a certificate of {0} expires {1}; renew it: craq certs renew",
                            identity(),
                            end);
                }
                return;
            }
        }
    }

    /**
     * Returns the context of a server. Clients may have a certificate; one that the authorities have not issued, or that belongs to another
     * cluster, ends the connection.
     */
    public SslContext forServer() {
        return build(GrpcSslContexts.configure(SslContextBuilder.forServer(keys))
                .trustManager(new IdentityTrustManager(authorities, peer -> inCluster(peer) ? "" : foreign(peer)))
                .clientAuth(ClientAuth.OPTIONAL)
                .protocols(PROTOCOL)
                .sessionTimeout(SESSION_SECONDS));
    }

    /** Returns the context of a content port, whose clients need no certificate. */
    public SslContext forContents() {
        return forContents(SslContext.defaultServerProvider());
    }

    SslContext forContents(SslProvider provider) {
        return ContentTls.build(SslContextBuilder.forServer(keys).sslProvider(provider));
    }

    /** Returns the context for connections to the content ports of all nodes of the cluster. */
    public SslContext toContents() {
        return toContents(SslContext.defaultClientProvider());
    }

    SslContext toContents(SslProvider provider) {
        return ContentTls.build(SslContextBuilder.forClient()
                .sslProvider(provider)
                .trustManager(new IdentityTrustManager(authorities, peer -> inCluster(peer) ? "" : foreign(peer)))
                // Identities are compared instead.
                .endpointIdentificationAlgorithm(null));
    }

    static SslContext build(SslContextBuilder builder) {
        try {
            return builder.build();
        } catch (SSLException e) {
            throw new IllegalStateException("this JVM can't do TLS 1.3: " + e.getMessage(), e);
        }
    }

    /**
     * Returns the context for connections to a node.
     *
     * @param id whose certificate the server must have, whatever its address is
     */
    public SslContext toNode(String id) {
        return toPeer(node(id));
    }

    /**
     * Returns the sockets for HTTPS to a node. Whoever uses them must not compare host names: the certificate is that of the node.
     *
     * @param id whose certificate the server must have, whatever its address is
     */
    public SSLSocketFactory socketsToNode(String id) {
        try {
            SSLContext context = SSLContext.getInstance(PROTOCOL);
            context.init(
                    new KeyManager[] {keys},
                    new TrustManager[] {new IdentityTrustManager(authorities, node(id))},
                    null);
            return context.getSocketFactory();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JVM can't do TLS 1.3: " + e.getMessage(), e);
        }
    }

    private IdentityTrustManager.Rule node(String id) {
        Identity wanted = new Identity(identity().cluster(), Identity.Kind.NODE, id);
        return peer -> peer.equals(wanted) ? "" : "connected to " + peer + " in place of " + wanted;
    }

    /** Returns the context for connections to any manager of the cluster. */
    public SslContext toManager() {
        return toPeer(peer -> inCluster(peer) && peer.kind() == Identity.Kind.MANAGER
                ? ""
                : "connected to " + peer + " in place of a manager of cluster "
                        + identity().cluster());
    }

    private SslContext toPeer(IdentityTrustManager.Rule rule) {
        X509ExtendedTrustManager trust = new IdentityTrustManager(authorities, rule);
        return build(GrpcSslContexts.configure(SslContextBuilder.forClient())
                .keyManager(keys)
                .trustManager(trust)
                .protocols(PROTOCOL)
                .sessionTimeout(SESSION_SECONDS));
    }

    private boolean inCluster(Identity peer) {
        return peer.cluster().equals(identity().cluster());
    }

    private String foreign(Identity peer) {
        return "the certificate belongs to " + peer + ", but this is cluster "
                + identity().cluster();
    }
}
