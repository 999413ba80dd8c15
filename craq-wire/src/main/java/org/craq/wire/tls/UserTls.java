package org.craq.wire.tls;

import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/** TLS of programs that use a cluster. They know servers by their addresses, so a server's certificate must name its address. */
public final class UserTls {
    private UserTls() {}

    /**
     * Returns the context for connections to any server of a cluster.
     *
     * @param authorities PEM file with the authorities that may have issued the servers' certificates
     * @param own the program's own certificate; its authorities are not used
     * @throws IllegalArgumentException with the file and what is wrong with it
     */
    public static SslContext context(Path authorities, Optional<TlsFiles> own) {
        try {
            SslContextBuilder builder = GrpcSslContexts.configure(SslContextBuilder.forClient())
                    .trustManager(Loaded.authorities(authorities).toArray(X509Certificate[]::new))
                    .protocols(TlsCredentials.PROTOCOL);
            if (own.isPresent()) {
                Loaded loaded = Loaded.of(own.get());
                builder.keyManager(loaded.key(), loaded.chain().toArray(X509Certificate[]::new));
            }
            return builder.build();
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /**
     * Returns the context for connections to the content ports of a cluster's nodes.
     *
     * @param authorities PEM file with the authorities that may have issued the nodes' certificates
     * @throws IllegalArgumentException with the file and what is wrong with it
     */
    public static SslContext contents(Path authorities) {
        try {
            return ContentTls.build(SslContextBuilder.forClient()
                    .trustManager(Loaded.authorities(authorities).toArray(X509Certificate[]::new))
                    .endpointIdentificationAlgorithm("HTTPS"));
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /**
     * Returns the context for HTTPS to any server of a cluster; HTTP clients themselves compare its names with the address.
     *
     * @param authorities PEM file with the authorities that may have issued the servers' certificates
     * @param own the program's own certificate; its authorities are not used
     * @throws IllegalArgumentException with the file and what is wrong with it
     */
    public static SSLContext httpContext(Path authorities, Optional<TlsFiles> own) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            KeyManager[] keys = own.isPresent() ? keys(Loaded.of(own.get())) : new KeyManager[0];
            context.init(keys, trust(Loaded.authorities(authorities)), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private static TrustManager[] trust(List<X509Certificate> authorities)
            throws GeneralSecurityException, IOException {
        KeyStore store = empty();
        for (int i = 0; i < authorities.size(); i++) {
            store.setCertificateEntry("ca" + i, authorities.get(i));
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    private static KeyManager[] keys(Loaded own) throws GeneralSecurityException, IOException {
        KeyStore store = empty();
        store.setKeyEntry("own", own.key(), new char[0], own.chain().toArray(X509Certificate[]::new));
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, new char[0]);
        return factory.getKeyManagers();
    }

    private static KeyStore empty() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }
}
