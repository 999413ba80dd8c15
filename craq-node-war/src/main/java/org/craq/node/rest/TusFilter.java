package org.craq.node.rest;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.container.PreMatching;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.ext.Provider;
import java.util.List;
import java.util.Set;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/**
 * What holds of every request for uploads: which version of tus is spoken, the method that a POST may stand for, headers that have one
 * value, and answers to HEAD, which nobody stores.
 */
@Provider
@PreMatching
public class TusFilter implements ContainerRequestFilter, ContainerResponseFilter {
    static final String VERSION = "1.0.0";
    static final String RESUMABLE = "Tus-Resumable";
    static final String OVERRIDE = "X-HTTP-Method-Override";
    private static final Set<String> METHODS = Set.of("POST", "PATCH", "DELETE", "HEAD", "OPTIONS");
    /** Headers with one value: which of two were meant nobody can tell. */
    private static final Set<String> SINGLE = Set.of(
            RESUMABLE,
            OVERRIDE,
            UploadsResource.OFFSET,
            UploadsResource.CHECKSUM,
            CreationParams.LENGTH,
            CreationParams.DEFER_LENGTH);

    @Override
    public void filter(ContainerRequestContext request) {
        if (!ofUploads(request)) {
            return;
        }
        for (String header : SINGLE) {
            if (request.getHeaders().getOrDefault(header, List.of()).size() > 1) {
                throw new CraqException(ErrorCode.INVALID_ARGUMENT, header + " stands in the request twice");
            }
        }
        String meant = request.getHeaderString(OVERRIDE);
        if (meant != null && !meant.equals(request.getMethod())) {
            override(request, meant);
        }
    }

    /** A client that means another method than those would get the work of a POST done instead. */
    private static void override(ContainerRequestContext request, String meant) {
        if (!request.getMethod().equals("POST") || !METHODS.contains(meant)) {
            throw new CraqException(
                    ErrorCode.INVALID_ARGUMENT,
                    OVERRIDE + " stands in a POST, and is PATCH, DELETE, HEAD or OPTIONS; it is '" + meant + "'");
        }
        request.setMethod(meant);
    }

    @Override
    public void filter(ContainerRequestContext request, ContainerResponseContext answer) {
        if (ofUploads(request)) {
            answer.getHeaders().putSingle(RESUMABLE, VERSION);
            answer.getHeaders().putSingle("Tus-Version", VERSION);
            if (request.getMethod().equals("HEAD")) {
                // Whatever it is: who has stored it would go on in the wrong place.
                answer.getHeaders().putSingle(HttpHeaders.CACHE_CONTROL, "no-store");
            }
        }
    }

    private static boolean ofUploads(ContainerRequestContext request) {
        String path = request.getUriInfo().getPath();
        String relative = path.startsWith("/") ? path.substring(1) : path;
        return relative.equals("uploads") || relative.startsWith("uploads/");
    }
}
