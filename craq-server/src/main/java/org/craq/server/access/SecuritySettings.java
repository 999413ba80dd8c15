package org.craq.server.access;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.craq.security.User;
import org.craq.server.Settings;
import org.craq.server.TlsSettings;
import org.craq.wire.Loopback;
import org.craq.wire.tls.TlsCredentials;

/**
 * Whether users must show who they are. With certificates they must. Without, a server starts only on addresses of this
 * machine, or when an operator has switched security off in so many words.
 */
public final class SecuritySettings {
    /** {@code on} or {@code off}. */
    public static final String SECURITY = "craq.security";
    /** {@code true} to serve metrics to anyone. */
    public static final String OPEN_METRICS = "craq.metrics.open";
    /** {@code true} to accept whom the application server has authenticated. */
    public static final String CONTAINER = "craq.auth.container";
    /** What the names of such users have before them. */
    public static final String CONTAINER_PREFIX = "craq.auth.container.prefix";

    private static final Logger LOG = System.getLogger(SecuritySettings.class.getName());
    private static final String ON = "on";
    private static final String OFF = "off";

    private SecuritySettings() {}

    /**
     * Returns whether security is on.
     *
     * @param addresses on which the server listens or which it tells others: hosts, host:port or URLs
     * @throws IllegalArgumentException if the settings contradict each other, or would open the server to a network
     *     without having said so
     */
    public static boolean read(Settings settings, Optional<TlsCredentials> tls, List<String> addresses) {
        String text = settings.text(SECURITY, "");
        if (!text.isEmpty() && !text.equals(ON) && !text.equals(OFF)) {
            throw new IllegalArgumentException(SECURITY + " is '" + text + "', but must be on or off");
        }
        if (text.equals(OFF)) {
            LOG.log(
                    Level.WARNING,
                    "security is off ({0}={1}): whoever reaches this server may read, write and delete every file",
                    SECURITY,
                    OFF);
            return false;
        }
        if (tls.isPresent()) {
            return true;
        }
        String needed = "make certificates with 'craq certs init' and set " + TlsSettings.CERTIFICATE + ", "
                + TlsSettings.KEY + " and " + TlsSettings.AUTHORITIES;
        if (text.equals(ON)) {
            throw new IllegalArgumentException(SECURITY + "=" + ON + " needs certificates: " + needed);
        }
        addresses.stream()
                .filter(address -> !Loopback.isHost(host(address)))
                .findFirst()
                .ifPresent(address -> {
                    throw new IllegalArgumentException("this server would be open to everyone who reaches " + address
                            + ": " + needed + ", or set " + SECURITY + "=" + OFF + " if that is meant");
                });
        LOG.log(
                Level.WARNING,
                "security is off, as there are no certificates: every user of this machine may read, write and delete"
                        + " every file");
        return false;
    }

    /** Returns whether anyone may read metrics. */
    public static boolean metricsAreOpen(Settings settings) {
        return flag(settings, OPEN_METRICS);
    }

    /**
     * Returns what users have before the name that the application server gives them; empty if it is not asked.
     *
     * @throws IllegalArgumentException naming the setting whose value is invalid
     */
    public static Optional<String> containerPrefix(Settings settings) {
        String prefix = settings.text(CONTAINER_PREFIX, "container:");
        try {
            User.requirePrefix(prefix);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(CONTAINER_PREFIX + " is '" + prefix + "': " + e.getMessage(), e);
        }
        return flag(settings, CONTAINER) ? Optional.of(prefix) : Optional.empty();
    }

    private static boolean flag(Settings settings, String name) {
        String text = settings.text(name, "false");
        if (!text.equals("true") && !text.equals("false")) {
            throw new IllegalArgumentException(name + " is '" + text + "', but must be true or false");
        }
        return text.equals("true");
    }

    private static String host(String address) {
        try {
            String host = URI.create(address.contains("://") ? address : "//" + address)
                    .getHost();
            return host == null ? address : host.replaceAll("^\\[|]$", "");
        } catch (IllegalArgumentException e) {
            return address;
        }
    }
}
