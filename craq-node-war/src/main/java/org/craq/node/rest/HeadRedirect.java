package org.craq.node.rest;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.util.Optional;
import org.craq.core.chain.Member;
import org.craq.node.runtime.NodeRuntime;
import org.craq.security.Caller;
import org.craq.security.Tokens;
import org.craq.server.access.Guard;
import org.craq.server.access.RequestCaller;

/**
 * Redirects writes from other members to the head; the client repeats the request there with the same method and body. Clients keep
 * their credentials from other hosts and ports, so the location has a token for this request.
 */
final class HeadRedirect {
    private static final int TEMPORARY_REDIRECT = 307;

    private HeadRedirect() {}

    /** Returns a redirect to the head; empty when this node is the head or there is none. */
    static Optional<Response> of(NodeRuntime node, HttpServletRequest request, Guard guard) {
        return node.members().otherHead().map(head -> to(head, node, request, guard));
    }

    private static Response to(Member head, NodeRuntime node, HttpServletRequest request, Guard guard) {
        String query = query(node, guard, request.getMethod(), UrlPath.of(request), request.getQueryString());
        return Response.status(TEMPORARY_REDIRECT)
                .header(
                        HttpHeaders.LOCATION,
                        head.httpUrl() + UrlPath.of(request) + (query.isEmpty() ? "" : "?" + query))
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .build();
    }

    /**
     * Returns the query of a request with which another node is asked in the name of the caller.
     *
     * @param query of the caller's request; null if it has none
     */
    static String query(NodeRuntime node, Guard guard, String method, String path, String query) {
        String asked = query == null ? "" : query;
        if (!guard.access().isOn() || guard.caller().method() == Caller.Method.PRESIGNED) {
            return asked;
        }
        return RequestCaller.withToken(asked, node.sign(guard.caller(), Tokens.fingerprint(method, path, asked)));
    }
}
