package org.craq.node.rest;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.util.Optional;
import org.craq.core.chain.Member;
import org.craq.node.replication.Members;

/** Redirects writes from other members to the head; the client repeats the request there with the same method and body. */
final class HeadRedirect {
    private static final int TEMPORARY_REDIRECT = 307;

    private HeadRedirect() {}

    /** Returns a redirect to the head; empty when this node is the head or there is none. */
    static Optional<Response> of(Members members, HttpServletRequest request) {
        return members.otherHead().map(head -> to(head, request));
    }

    private static Response to(Member head, HttpServletRequest request) {
        String query = request.getQueryString() == null ? "" : "?" + request.getQueryString();
        return Response.status(TEMPORARY_REDIRECT)
                .header(HttpHeaders.LOCATION, head.httpUrl() + UrlPath.of(request) + query)
                .build();
    }
}
