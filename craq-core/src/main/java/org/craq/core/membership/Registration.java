package org.craq.core.membership;

import java.net.URI;
import java.time.Instant;
import java.util.Objects;
import java.util.regex.Pattern;
import org.craq.core.chain.Incarnation;
import org.craq.core.chain.NodeId;

/**
 * How a node announced itself.
 *
 * @param grpcAddress host:port
 * @param httpUrl base URL of its REST interface, without a trailing slash
 * @param retired this incarnation was removed from a chain: it may not come back
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
                    + " must be http(s)://host:port without a slash at its end, e.g. http://127.0.0.1:8081");
        }
        URI.create(httpUrl);
    }

    Registration asRetired() {
        return new Registration(node, incarnation, grpcAddress, httpUrl, registeredAt, true);
    }
}
