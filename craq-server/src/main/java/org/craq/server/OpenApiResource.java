package org.craq.server;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.container.Suspended;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import org.craq.server.access.Needs;
import org.craq.server.clients.SlowClients;

/**
 * Serves the OpenAPI document of both deployments' REST interfaces. It is maintained by hand; a test compares it with
 * the resources.
 */
@Needs(Needs.What.NOTHING)
@Path("openapi.{form:json|yaml}")
public class OpenApiResource {
    private static final String DOCUMENT = "openapi.json";

    /** Serves the document. JSON is also valid YAML, so one text serves both formats. */
    @GET
    public void describe(
            @PathParam("form") String form, @Context HttpServletRequest request, @Suspended AsyncResponse response) {
        SlowClients.of(request).answer(response, () -> Response.ok(document())
                .type("application/" + form)
                .build());
    }

    private static InputStream document() {
        InputStream document = OpenApiResource.class.getResourceAsStream(DOCUMENT);
        if (document == null) {
            throw new IllegalStateException("a file is missing from the deployment: " + DOCUMENT);
        }
        return document;
    }
}
