package org.craq.manager.routing;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HEAD;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.container.Suspended;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.util.Set;
import java.util.function.Function;
import org.craq.manager.users.TokenIssuer;
import org.craq.security.Caller;
import org.craq.security.Tokens;
import org.craq.server.access.Access;
import org.craq.server.access.Needs;
import org.craq.server.access.RequestCaller;
import org.craq.server.clients.SlowClients;

/**
 * Redirects requests for files and transactions to the node that serves them, with status 307, so that method and body
 * are kept. Clients keep their credentials from other hosts and ports, so the location has a token for this request.
 */
@RequestScoped
@Needs(Needs.What.USER)
@Path("{place:(files|transactions)(/.*)?}")
public class FileRedirects {
    private static final int TEMPORARY_REDIRECT = 307;

    @Inject
    private Router router;

    @Inject
    private Access access;

    @Inject
    private TokenIssuer issuer;

    @GET
    public void get(@Context HttpServletRequest request, @Suspended AsyncResponse response) {
        answer(request, response, this::read);
    }

    @HEAD
    public void head(@Context HttpServletRequest request, @Suspended AsyncResponse response) {
        answer(request, response, this::read);
    }

    @PUT
    public void put(@Context HttpServletRequest request, @Suspended AsyncResponse response) {
        answer(request, response, this::write);
    }

    @POST
    public void post(@Context HttpServletRequest request, @Suspended AsyncResponse response) {
        answer(request, response, this::write);
    }

    @DELETE
    public void delete(@Context HttpServletRequest request, @Suspended AsyncResponse response) {
        answer(request, response, this::write);
    }

    /**
     * Answers in a thread of the manager, which has the time to read what the client sends of a body, so that the
     * client gets to read where to send it.
     */
    private static void answer(
            HttpServletRequest request, AsyncResponse response, Function<HttpServletRequest, Response> route) {
        HttpServletRequest asked = SlowClients.unwrapped(request);
        SlowClients.of(request).answer(response, () -> route.apply(asked));
    }

    private Response read(HttpServletRequest request) {
        return redirect(router.readNode(request.getRequestURI(), Set.of()), request);
    }

    private Response write(HttpServletRequest request) {
        return redirect(router.writeHead(request.getRequestURI()), request);
    }

    /** Copies path and query byte for byte: parsing and rebuilding them could change what they name. */
    private Response redirect(Route route, HttpServletRequest request) {
        String path = request.getRequestURI().substring(request.getContextPath().length());
        String query = query(request, path);
        return Response.status(TEMPORARY_REDIRECT)
                .header(HttpHeaders.LOCATION, route.member().httpUrl() + path + (query.isEmpty() ? "" : "?" + query))
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .build();
    }

    private String query(HttpServletRequest request, String path) {
        String query = request.getQueryString() == null ? "" : request.getQueryString();
        Caller caller = RequestCaller.of(request, access);
        if (!access.isOn() || caller.method() == Caller.Method.PRESIGNED) {
            return query;
        }
        String fingerprint = Tokens.fingerprint(request.getMethod(), path, query);
        return RequestCaller.withToken(
                query, issuer.issue(caller, fingerprint, TokenIssuer.REDIRECT).token());
    }
}
