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
 * Applies to all requests for uploads: announces the version of tus, handles the method override of a POST, refuses repeated headers,
 * and keeps answers to HEAD from being cached.
 */
@Provider
@PreMatching
public class TusFilter implements ContainerRequestFilter, ContainerResponseFilter {
    static final String VERSION = "1.0.0";
    static final String RESUMABLE = "Tus-Resumable";
    static final String OVERRIDE = "X-HTTP-Method-Override";
    private static final Set<String> METHODS = Set.of("POST", "PATCH", "DELETE", "HEAD", "OPTIONS");
    /** Headers that may occur only once, as nobody could tell which of two values is meant. */
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
                throw new CraqException(ErrorCode.INVALID_ARGUMENT, header + " occurs twice in the request");
            }
        }
        String meant = request.getHeaderString(OVERRIDE);
        if (meant != null && !meant.equals(request.getMethod())) {
            override(request, meant);
        }
    }

    /** Refuses unknown overrides: executing them as a POST would do something other than the client meant. */
    private static void override(ContainerRequestContext request, String meant) {
        if (!request.getMethod().equals("POST") || !METHODS.contains(meant)) {
            throw new CraqException(
                    ErrorCode.INVALID_ARGUMENT,
                    OVERRIDE + " must be PATCH, DELETE, HEAD or OPTIONS, and only in a POST; it is '" + meant + "'");
        }
        request.setMethod(meant);
    }

    @Override
    public void filter(ContainerRequestContext request, ContainerResponseContext answer) {
        if (ofUploads(request)) {
            answer.getHeaders().putSingle(RESUMABLE, VERSION);
            answer.getHeaders().putSingle("Tus-Version", VERSION);
            if (request.getMethod().equals("HEAD")) {
                // This holds for errors too: a client that gets a cached answer would resume at the wrong offset.
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
