package org.craq.wire.tls;

import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.Optional;

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
}
