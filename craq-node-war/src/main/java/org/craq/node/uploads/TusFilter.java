package org.craq.node.uploads;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.container.PreMatching;
import jakarta.ws.rs.ext.Provider;
import java.util.Set;

/** What holds of every request for uploads: which version of tus is spoken, and the method that a POST may stand for. */
@Provider
@PreMatching
public class TusFilter implements ContainerRequestFilter, ContainerResponseFilter {
    static final String VERSION = "1.0.0";
    static final String RESUMABLE = "Tus-Resumable";
    static final String OVERRIDE = "X-HTTP-Method-Override";
    private static final Set<String> METHODS = Set.of("PATCH", "DELETE", "HEAD");

    @Override
    public void filter(ContainerRequestContext request) {
        String meant = request.getHeaderString(OVERRIDE);
        if (ofUploads(request) && request.getMethod().equals("POST") && meant != null && METHODS.contains(meant)) {
            request.setMethod(meant);
        }
    }

    @Override
    public void filter(ContainerRequestContext request, ContainerResponseContext answer) {
        if (ofUploads(request)) {
            answer.getHeaders().putSingle(RESUMABLE, VERSION);
            answer.getHeaders().putSingle("Tus-Version", VERSION);
        }
    }

    private static boolean ofUploads(ContainerRequestContext request) {
        String path = request.getUriInfo().getPath();
        String relative = path.startsWith("/") ? path.substring(1) : path;
        return relative.equals("uploads") || relative.startsWith("uploads/");
    }
}
