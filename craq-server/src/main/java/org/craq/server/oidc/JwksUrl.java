package org.craq.server.oidc;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import org.craq.wire.tls.UserTls;

/**
 * Keys that an issuer publishes. No redirects are followed, so that nobody but the host that was configured can name
 * another one.
 *
 * @param authorities PEM file with those that may have issued the host's certificate; empty: those that the JDK trusts
 */
record JwksUrl(URI url, Optional<Path> authorities) implements JwksSource {
    private static final Duration PERIOD = Duration.ofMinutes(5);
    private static final int STEP_MILLIS = 5000;
    private static final Duration LONGEST = Duration.ofSeconds(15);
    private static final int BUFFER_BYTES = 8192;

    @Override
    public byte[] read() throws IOException {
        long end = System.nanoTime() + LONGEST.toNanos();
        HttpURLConnection connection = (HttpURLConnection) url.toURL().openConnection();
        try {
            if (connection instanceof HttpsURLConnection secure) {
                secure.setSSLSocketFactory(trust().getSocketFactory());
            }
            connection.setConnectTimeout(STEP_MILLIS);
            connection.setReadTimeout(STEP_MILLIS);
            connection.setInstanceFollowRedirects(false);
            connection.setUseCaches(false);
            connection.setRequestProperty("Accept", "application/jwk-set+json, application/json");
            int status = connection.getResponseCode();
            if (status != HttpURLConnection.HTTP_OK) {
                throw new IOException("it answers with status " + status);
            }
            try (InputStream body = connection.getInputStream()) {
                return all(body, end);
            }
        } finally {
            connection.disconnect();
        }
    }

    private static byte[] all(InputStream body, long end) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] buffer = new byte[BUFFER_BYTES];
        for (int read = body.read(buffer); read >= 0; read = body.read(buffer)) {
            all.write(buffer, 0, read);
            if (all.size() > MOST_BYTES) {
                throw new IOException("its answer is larger than " + MOST_BYTES + " bytes");
            }
            if (System.nanoTime() - end > 0) {
                throw new IOException("its answer takes longer than " + LONGEST.toSeconds() + " s");
            }
        }
        return all.toByteArray();
    }

    /** Read each time, so that changed authorities need no restart. */
    private SSLContext trust() throws IOException {
        try {
            if (authorities.isPresent()) {
                return UserTls.httpContext(authorities.get(), Optional.empty());
            }
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, null, null);
            return context;
        } catch (IllegalArgumentException | GeneralSecurityException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    @Override
    public Duration period() {
        return PERIOD;
    }

    @Override
    public String toString() {
        return url.toString();
    }
}
