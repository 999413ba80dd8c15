package org.craq.server.oidc;

import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.SecurityContext;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/**
 * The public keys of an issuer. They are fetched in the background, regularly and when a token names one that is not
 * among them; requests never wait for that, but are asked to repeat. If the issuer is away, the last keys serve for
 * {@link #KEPT}. Thread-safe.
 */
public final class IssuerKeys implements JWKSource<SecurityContext> {
    /** How often {@link #refresh} is to be called. */
    public static final Duration STEP = Duration.ofMillis(500);

    static final Duration KEPT = Duration.ofHours(24);
    /** Between two attempts for unknown keys, which anyone can ask for. */
    static final Duration PAUSE = Duration.ofSeconds(10);

    private static final int LEAST_RSA_BITS = 2048;

    private final JwksSource source;
    private final LongSupplier nanoTime;
    private volatile Optional<Fetched> fetched = Optional.empty();
    private volatile Optional<Long> attempted = Optional.empty();
    private volatile boolean wanted = true;
    private final LongAdder failures = new LongAdder();

    private record Fetched(JWKSet keys, long atNanos) {}

    /**
     * Creates it without keys.
     *
     * @param nanoTime a monotonic clock
     */
    public IssuerKeys(JwksSource source, LongSupplier nanoTime) {
        this.source = source;
        this.nanoTime = nanoTime;
    }

    /**
     * Fetches the keys if it is time for that, or a request has asked for it. To be called by one thread at a time, which may wait.
     *
     * @throws IOException saying why there are none; the former ones stay in use
     */
    public void refresh() throws IOException {
        if (!since(attempted, source.period()) && !(wanted && since(attempted, PAUSE))) {
            return;
        }
        try {
            fetched = Optional.of(new Fetched(parse(source.read()), nanoTime.getAsLong()));
            wanted = false;
        } catch (IOException e) {
            failures.increment();
            throw new IOException(
                    "the keys of the OpenID Connect issuer can't be read from " + source + ": " + e.getMessage(), e);
        } finally {
            attempted = Optional.of(nanoTime.getAsLong());
        }
    }

    private boolean since(Optional<Long> time, Duration age) {
        return time.isEmpty() || nanoTime.getAsLong() - time.get() >= age.toNanos();
    }

    private static JWKSet parse(byte[] text) throws IOException {
        try {
            List<JWK> usable = JWKSet.parse(new String(text, StandardCharsets.UTF_8)).getKeys().stream()
                    .filter(IssuerKeys::isUsable)
                    .map(JWK::toPublicJWK)
                    .toList();
            if (usable.isEmpty()) {
                throw new IOException(
                        "it has no RSA key of " + LEAST_RSA_BITS + " bits or more, and no EC key of P-256");
            }
            return new JWKSet(usable);
        } catch (ParseException | IllegalArgumentException e) {
            throw new IOException("it is not a JSON Web Key Set: " + e.getMessage(), e);
        }
    }

    private static boolean isUsable(JWK key) {
        return (key instanceof RSAKey rsa && rsa.size() >= LEAST_RSA_BITS)
                || (key instanceof ECKey ec && ec.getCurve().equals(Curve.P_256));
    }

    /**
     * Returns the keys that fit a token, without waiting.
     *
     * @throws CraqException NOT_SERVING if there may be others soon
     */
    @Override
    public List<JWK> get(JWKSelector selector, SecurityContext context) {
        Optional<Fetched> now = fetched;
        if (now.filter(each -> !since(Optional.of(each.atNanos()), KEPT)).isEmpty()) {
            throw new CraqException(
                    ErrorCode.NOT_SERVING,
                    "this server has no keys of the OpenID Connect issuer with which it could verify the token; repeat the"
                            + " request later. The server's log says why, if that lasts");
        }
        List<JWK> found = selector.select(now.get().keys());
        if (found.isEmpty() && since(attempted, PAUSE)) {
            wanted = true;
            throw new CraqException(
                    ErrorCode.NOT_SERVING,
                    "this server does not know the key with which the token is signed, and asks the issuer for it; repeat"
                            + " the request in a moment");
        }
        return found;
    }

    /** Registers the metrics of the keys. */
    public void register(PrometheusRegistry registry) {
        GaugeWithCallback.builder()
                .name("craq_oidc_keys_age_seconds")
                .help("Time since the keys of the OpenID Connect issuer were last read.")
                .callback(line -> fetched.ifPresent(each -> line.call((double)
                        Duration.ofNanos(nanoTime.getAsLong() - each.atNanos()).toSeconds())))
                .register(registry);
        CounterWithCallback.builder()
                .name("craq_oidc_keys_failures")
                .help("How often the keys of the OpenID Connect issuer could not be read.")
                .callback(line -> line.call((double) failures.sum()))
                .register(registry);
    }
}
