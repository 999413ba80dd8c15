package org.craq.client;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.Optional;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import org.craq.client.internal.Operations;

/**
 * HTTP connections to the REST interface of a cluster's servers. With {@link ClientTls} they trust the authorities that it names and no
 * others; without it, those of the JVM. In either case a server's certificate must name the host of the URL. Thread-safe.
 */
public final class ClusterHttp {
    private final Optional<SSLContext> context;

    private ClusterHttp(Optional<SSLContext> context) {
        this.context = context;
    }

    /**
     * Returns connections for clients with these settings.
     *
     * @throws org.craq.wire.CraqException INVALID_ARGUMENT, with the file that can't be used and the reason
     */
    public static ClusterHttp of(Optional<ClientTls> tls) {
        return new ClusterHttp(tls.map(Operations::httpContext));
    }

    /** Returns a builder of an HTTP/1.1 client. */
    public HttpClient.Builder client() {
        HttpClient.Builder builder = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1);
        context.ifPresent(builder::sslContext);
        return builder;
    }

    /** Returns a blocking connection, which is opened when it is used. */
    public HttpURLConnection open(URI uri) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
        if (connection instanceof HttpsURLConnection secure) {
            context.ifPresent(own -> secure.setSSLSocketFactory(own.getSocketFactory()));
        }
        return connection;
    }
}
