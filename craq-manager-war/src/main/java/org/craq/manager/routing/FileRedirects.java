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
import org.craq.server.clients.SlowClients;

/** Sends requests for files, and transactions of them, on to the node that serves them: 307, so method and body stay. */
@RequestScoped
@Path("{place:(files|transactions)(/.*)?}")
public class FileRedirects {
    private static final int TEMPORARY_REDIRECT = 307;

    @Inject
    private Router router;

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

    /** In a thread of the manager's own, which has the time to take what is sent of a body, so that its sender gets to read where to send it. */
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

    /** Path and query go on byte for byte: parsing and building them anew could change what they name. */
    private static Response redirect(Route route, HttpServletRequest request) {
        String path = request.getRequestURI().substring(request.getContextPath().length());
        String query = request.getQueryString() == null ? "" : "?" + request.getQueryString();
        return Response.status(TEMPORARY_REDIRECT)
                .header(HttpHeaders.LOCATION, route.member().httpUrl() + path + query)
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .build();
    }
}
