package org.craq.server.access;

import java.security.Principal;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.craq.security.AccessException;
import org.craq.security.Action;
import org.craq.security.Assertion;
import org.craq.security.Authenticator;
import org.craq.security.Caller;
import org.craq.security.Rights;
import org.craq.server.limits.CallerLimits;
import org.craq.server.limits.LimitSettings;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.tls.Identity;

/** Who calls this server, and what a caller may do. With security off, everybody may do everything. Thread-safe. */
public final class Access {
    private final boolean on;
    private final KnownRights source;
    private final Authenticator authenticator;
    private final boolean openMetrics;
    private final CallerLimits limits;
    private final Outside outside;

    private Access(boolean on, KnownRights source, boolean openMetrics, CallerLimits limits, Outside outside) {
        this.on = on;
        this.limits = limits;
        this.source = source;
        this.authenticator = new Authenticator(source::rights, Instant::now, outside.issuer());
        this.openMetrics = openMetrics;
        this.outside = outside;
    }

    /**
     * Who else may say who a caller is.
     *
     * @param issuer verifies the tokens of an OpenID Connect issuer
     * @param containerPrefix what users have before the name that the application server gives them; empty if it is not
     *     asked
     */
    public record Outside(Optional<Assertion.Verifier> issuer, Optional<String> containerPrefix) {
        /** Nobody else. */
        public static final Outside NONE = new Outside(Optional.empty(), Optional.empty());
    }

    /** The rights that a server knows, and how long it may go by them. */
    public interface KnownRights {
        /** Returns the newest known. */
        Rights rights();

        /**
         * Fails if a request may not begin by these rights, because a newer version may have been recorded too long ago.
         *
         * @throws CraqException NOT_SERVING, MANAGER_UNAVAILABLE
         */
        void requireCurrent(Action action);
    }

    /** Returns the gate of a server whose security is off. */
    public static Access off() {
        return new Access(
                false,
                new KnownRights() {
                    @Override
                    public Rights rights() {
                        return Rights.none("");
                    }

                    @Override
                    public void requireCurrent(Action action) {}
                },
                true,
                new CallerLimits(LimitSettings.OFF, System::nanoTime),
                Outside.NONE);
    }

    /**
     * Returns the gate of a server whose security is on.
     *
     * @param openMetrics whether anybody may read metrics
     * @param limits how often one caller may call
     */
    public static Access on(KnownRights source, boolean openMetrics, CallerLimits limits, Outside outside) {
        return new Access(true, source, openMetrics, limits, outside);
    }

    /** Returns whether callers must show who they are. */
    public boolean isOn() {
        return on;
    }

    /** Returns whether anyone may read metrics. */
    public boolean metricsAreOpen() {
        return openMetrics;
    }

    /** Returns the cluster that tokens must be for; empty with security off. */
    public String cluster() {
        return source.rights().cluster();
    }

    /**
     * Returns who calls.
     *
     * @param authorization the header, if there is one
     * @param certificate of the connection, already verified, if there is one
     * @param address from which the header comes
     * @throws CraqException UNAUTHENTICATED with what is missing or wrong, PERMISSION_DENIED for nodes and managers,
     *     RATE_LIMITED after too many wrong headers from that address
     */
    public Caller caller(Optional<String> authorization, Optional<X509Certificate> certificate, String address) {
        if (!on) {
            return Caller.UNRESTRICTED;
        }
        if (authorization.isPresent()) {
            String header = authorization.get();
            return proved(address, header, Authenticator.hasToken(header), () -> authenticator.ofHeader(header));
        }
        return answered(() -> authenticator.ofCertificate(user(certificate.orElseThrow(() -> new AccessException(
                AccessException.Reason.UNAUTHENTICATED,
                "say who you are: send 'Authorization: Bearer TOKEN', or an access key and its secret as user"
                        + " and password; 'craq login' gets a token")))));
    }

    /**
     * Returns the caller whom the application server has authenticated; empty if it is not asked, or has not.
     *
     * @param principal whom it names; null if nobody
     * @throws CraqException UNAUTHENTICATED if the name can't be that of a user, or the user is disabled
     */
    public Optional<Caller> ofContainer(Principal principal) {
        return principal == null || principal.getName() == null || !on
                ? Optional.empty()
                : outside.containerPrefix()
                        .map(prefix -> answered(() -> authenticator.ofContainer(prefix + principal.getName())));
    }

    /**
     * Returns who has signed a request.
     *
     * @param fingerprint of the request as it arrived
     * @param address from which it comes
     * @throws CraqException UNAUTHENTICATED, RATE_LIMITED
     */
    public Caller signer(String token, String fingerprint, String address) {
        return on
                ? proved(address, token, true, () -> authenticator.ofRequestToken(token, fingerprint))
                : Caller.UNRESTRICTED;
    }

    private Caller proved(String address, String credentials, boolean costly, Supplier<Caller> proof) {
        return limits.proved(address, credentials, costly, () -> answered(proof));
    }

    /**
     * Returns the caller of a session that was issued here.
     *
     * @param key id of the access key with which the session was got
     * @param groups of a user from outside
     * @throws CraqException UNAUTHENTICATED if the user is gone, or has had its tokens revoked since
     */
    public Caller ofSession(String user, Optional<String> key, List<String> groups, Instant issued, Instant expires) {
        return answered(() -> authenticator.ofSession(user, key, groups, issued, expires));
    }

    /**
     * Counts a request of a caller that is known; once per request.
     *
     * @throws CraqException RATE_LIMITED if the caller makes too many
     */
    public void admit(Caller caller) {
        limits.request(caller.user());
    }

    private static String user(X509Certificate certificate) {
        try {
            Identity identity = Identity.of(certificate);
            if (identity.kind() == Identity.Kind.USER) {
                return identity.name();
            }
            throw new CraqException(ErrorCode.PERMISSION_DENIED, "this request is for users, not for " + identity);
        } catch (CertificateException e) {
            throw new AccessException(AccessException.Reason.UNAUTHENTICATED, e.getMessage());
        }
    }

    /**
     * Requires that a caller may do something now, by rights that are current.
     *
     * @param name the file; empty for actions that are not on files
     * @throws CraqException PERMISSION_DENIED naming caller, action and file; NOT_SERVING, MANAGER_UNAVAILABLE
     */
    public void require(Caller caller, Action action, String name) {
        if (on) {
            source.requireCurrent(action);
            refuseUnlessAllowed(caller, action, name);
        }
    }

    /**
     * Returns prefixes of the names that a caller may read, by rights that are current.
     *
     * @return those that begin with the prefix, in order; the prefix itself if all names below it may be read
     * @throws CraqException PERMISSION_DENIED if the caller may read none; NOT_SERVING, MANAGER_UNAVAILABLE
     */
    public List<String> readableBelow(Caller caller, String prefix) {
        if (!on) {
            return List.of(prefix);
        }
        source.requireCurrent(Action.READ);
        List<String> readable = caller.readableBelow(prefix);
        if (readable.isEmpty()) {
            throw new CraqException(
                    ErrorCode.PERMISSION_DENIED, caller.refusal("read any name that begins with '" + prefix + "'"));
        }
        return readable;
    }

    /**
     * Asks again what was already allowed, by the rights as they are now; before an answer, and during long ones.
     *
     * @throws CraqException PERMISSION_DENIED naming caller, action and file
     */
    public static void refuseUnlessAllowed(Caller caller, Action action, String name) {
        answered(() -> {
            caller.require(action, name);
            return caller;
        });
    }

    /** Returns a value, and translates a refusal into the error that callers receive. */
    public static <T> T answered(Supplier<T> value) {
        try {
            return value.get();
        } catch (AccessException refused) {
            throw new CraqException(
                    refused.reason() == AccessException.Reason.DENIED
                            ? ErrorCode.PERMISSION_DENIED
                            : ErrorCode.UNAUTHENTICATED,
                    refused.getMessage(),
                    refused);
        }
    }
}
