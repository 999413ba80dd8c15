package org.craq.wire.tls;

import io.grpc.netty.shaded.io.netty.handler.ssl.OpenSslSessionContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.security.cert.CertificateException;
import java.time.Duration;
import javax.net.ssl.SSLPeerUnverifiedException;

/**
 * How connections to a node's content port are encrypted.
 *
 * @param context verifies that the cluster's authorities have issued the server's certificate
 * @param node id of the node whose certificate the server must have
 */
public record ContentTls(SslContext context, String node) {
    /** Longer than a ticket may last (RFC 8446, 4.6.1), so that the JDK issues none. */
    private static final long NO_TICKETS_SECONDS = Duration.ofDays(8).toSeconds();

    /** Builds a context for contents. No session is resumed: a certificate that was exchanged is not used again. */
    static SslContext build(SslContextBuilder builder) {
        SslContext context =
                TlsCredentials.build(builder.protocols(TlsCredentials.PROTOCOL).sessionTimeout(NO_TICKETS_SECONDS));
        if (context.sessionContext() instanceof OpenSslSessionContext sessions) {
            sessions.setSessionCacheEnabled(false);
        }
        return context;
    }

    /**
     * Encrypts a new connection.
     *
     * @param address to which it was made
     * @throws IOException if the server is not that node, or does not speak TLS
     */
    public TlsChannel encrypt(SocketChannel socket, InetSocketAddress address, TlsChannel.Waiter waiter)
            throws IOException {
        TlsChannel made = TlsChannel.ofClient(socket, context, address.getHostString(), address.getPort());
        try {
            made.handshake(waiter);
            requireNode(made);
            return made;
        } catch (IOException | RuntimeException e) {
            made.close();
            throw e;
        }
    }

    private void requireNode(TlsChannel made) throws IOException {
        try {
            Identity peer = Identity.of(made.peer());
            if (peer.kind() != Identity.Kind.NODE || !peer.name().equals(node)) {
                throw new SSLPeerUnverifiedException("connected to " + peer + " in place of node " + node);
            }
        } catch (CertificateException e) {
            throw new IOException(e.getMessage(), e);
        }
    }
}
