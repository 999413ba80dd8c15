package org.craq.server;

import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import org.craq.wire.tls.Identity;
import org.craq.wire.tls.TlsCredentials;
import org.craq.wire.tls.TlsFiles;

/** The settings of TLS, and the metrics of what they name. */
public final class TlsSettings {
    public static final String CERTIFICATE = "craq.tls.certificate";
    public static final String KEY = "craq.tls.key";
    public static final String AUTHORITIES = "craq.tls.ca";

    private static final String HTTPS = "https://";

    private TlsSettings() {}

    /**
     * Loads the files that the settings name; empty if none of the three is set, and gRPC is not encrypted.
     *
     * @throws IllegalArgumentException naming the setting or the file, and what is wrong with it
     */
    public static Optional<TlsCredentials> read(Settings settings) {
        Optional<String> certificate = settings.text(CERTIFICATE);
        Optional<String> key = settings.text(KEY);
        Optional<String> authorities = settings.text(AUTHORITIES);
        long set = Stream.of(certificate, key, authorities)
                .filter(Optional::isPresent)
                .count();
        if (set == 0) {
            return Optional.empty();
        }
        if (certificate.isEmpty() || key.isEmpty() || authorities.isEmpty()) {
            throw new IllegalArgumentException("TLS needs all of " + CERTIFICATE + ", " + KEY + " and " + AUTHORITIES
                    + ", but only " + set + " of them " + (set == 1 ? "is" : "are") + " set");
        }
        return Optional.of(TlsCredentials.load(
                new TlsFiles(Path.of(certificate.get()), Path.of(key.get()), Path.of(authorities.get()))));
    }

    /**
     * Returns the URL under which clients reach REST. A server with a certificate speaks HTTPS only, so that nobody is led to an address
     * where files and answers could be read or replaced on the way.
     *
     * @param name the setting
     * @param host the host of the default
     * @throws IllegalArgumentException if the server has a certificate and the URL is not one of HTTPS, with what to write
     */
    public static String httpUrl(Settings settings, String name, String host) {
        boolean tls = settings.text(CERTIFICATE).isPresent();
        String url = settings.text(name, tls ? HTTPS + host + ":8443" : "http://" + host + ":8080");
        if (tls && !url.startsWith(HTTPS)) {
            throw new IllegalArgumentException(name + " is '" + url + "', but a server with " + CERTIFICATE
                    + " is reached by HTTPS only: write " + name + "=" + HTTPS
                    + url.replaceFirst("^[A-Za-z][A-Za-z0-9+.-]*://", "")
                    + ", with the port of the application server's HTTPS listener");
        }
        return url;
    }

    /**
     * Checks that a certificate is that of a node.
     *
     * @throws IllegalArgumentException if it belongs to somebody else
     */
    public static void requireNode(TlsCredentials tls, String id) {
        Identity identity = tls.identity();
        if (identity.kind() != Identity.Kind.NODE || !identity.name().equals(id)) {
            throw new IllegalArgumentException(CERTIFICATE + " names a certificate of " + identity
                    + ", but this is node " + id + ". Issue one for it: craq certs node " + id + " HOST");
        }
    }

    /**
     * Checks that a certificate is that of a manager.
     *
     * @throws IllegalArgumentException if it belongs to somebody else
     */
    public static void requireManager(TlsCredentials tls) {
        Identity identity = tls.identity();
        if (identity.kind() != Identity.Kind.MANAGER) {
            throw new IllegalArgumentException(CERTIFICATE + " names a certificate of " + identity
                    + ", but this is a manager. Issue one for it: craq certs manager ID HOST");
        }
    }

    /** Registers the metrics of a process's certificates. */
    public static void register(PrometheusRegistry registry, TlsCredentials tls) {
        GaugeWithCallback.builder()
                .name("craq_certificate_expires_seconds")
                .help("Time until the certificate of this process, or the last of its trusted authorities, expires.")
                .labelNames("file")
                .callback(line -> {
                    line.call(secondsUntil(tls.expires()), "certificate");
                    line.call(secondsUntil(tls.authoritiesExpire()), "ca");
                })
                .register(registry);
        CounterWithCallback.builder()
                .name("craq_certificate_reload_failures")
                .help("How often the files of TLS could not be used, so that the former ones stayed in use.")
                .callback(line -> line.call((double) tls.failures()))
                .register(registry);
    }

    private static double secondsUntil(Instant end) {
        return (double) Duration.between(Instant.now(), end).toSeconds();
    }
}
