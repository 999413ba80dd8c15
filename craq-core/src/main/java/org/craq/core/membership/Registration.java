package org.craq.core.membership;

import java.net.URI;
import java.time.Instant;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.craq.core.chain.Incarnation;
import org.craq.core.chain.NodeId;

/**
 * A node's announcement of itself.
 *
 * @param grpcAddress host:port
 * @param httpUrl base URL of its REST interface, without a trailing slash
 * @param retired whether this incarnation was removed from a chain and may not return
 */
public record Registration(
        NodeId node,
        Incarnation incarnation,
        String grpcAddress,
        String httpUrl,
        Instant registeredAt,
        boolean retired) {
    private static final Pattern HOST_AND_PORT = Pattern.compile("[^\\s/]{1,250}:\\d{1,5}");
    private static final Pattern URL = Pattern.compile("https?://[^\\s?#]{1,250}");
    private static final int MOST_CHARACTERS = 250;
    private static final int LAST_PORT = 65_535;
    private static final String HOST = "([A-Za-z0-9][A-Za-z0-9._-]*|\\[[0-9A-Fa-f:.]+(%[A-Za-z0-9._-]+)?\\])";
    private static final String PORT = ":(?<port>[0-9]{1,5})";
    private static final Pattern ANNOUNCED_ADDRESS = Pattern.compile(HOST + PORT);
    /** Scheme, host, optional port and a path as in RFC 3986 section 3.3. */
    private static final Pattern ANNOUNCED_URL =
            Pattern.compile("https?://" + HOST + "(" + PORT + ")?(/([A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})+)*");

    public Registration {
        Objects.requireNonNull(node);
        Objects.requireNonNull(incarnation);
        Objects.requireNonNull(registeredAt);
        if (!HOST_AND_PORT.matcher(grpcAddress).matches()) {
            throw new IllegalArgumentException(
                    "gRPC address '" + grpcAddress + "' of node " + node + " must be host:port, e.g. 127.0.0.1:8001");
        }
        if (!URL.matcher(httpUrl).matches() || httpUrl.endsWith("/")) {
            throw new IllegalArgumentException("HTTP URL '" + httpUrl + "' of node " + node
                    + " must be http(s)://host:port without a trailing slash, e.g. http://127.0.0.1:8081");
        }
        URI.create(httpUrl);
    }

    /**
     * Creates the registration that a node announces now. Its addresses are passed on to logs, pages and other nodes,
     * so they must not contain anything that has a special meaning there. The rules are stricter than those for
     * registrations that an older manager may have recorded.
     *
     * @throws IllegalArgumentException with the rule that is broken
     */
    public static Registration announced(
            NodeId node, Incarnation incarnation, String grpcAddress, String httpUrl, Instant now) {
        if (!keeps(ANNOUNCED_ADDRESS, grpcAddress)) {
            throw new IllegalArgumentException("the gRPC address of node " + node
                    + " must be host:port, e.g. 127.0.0.1:8001: a name or number of printable ASCII characters and a port from 1 to "
                    + LAST_PORT);
        }
        if (!keeps(ANNOUNCED_URL, httpUrl)) {
            throw new IllegalArgumentException("the HTTP URL of node " + node
                    + " must be http(s)://host:port, e.g. http://127.0.0.1:8081, of printable ASCII characters: a path may follow,"
                    + " without a trailing slash, and no user, query or fragment");
        }
        return new Registration(node, incarnation, grpcAddress, httpUrl, now, false);
    }

    private static boolean keeps(Pattern form, String address) {
        Matcher matcher = form.matcher(address);
        if (address.length() > MOST_CHARACTERS || !matcher.matches()) {
            return false;
        }
        String port = matcher.group("port");
        return port == null || (Integer.parseInt(port) >= 1 && Integer.parseInt(port) <= LAST_PORT);
    }

    Registration asRetired() {
        return new Registration(node, incarnation, grpcAddress, httpUrl, registeredAt, true);
    }
}
