package org.craq.node.rest;

import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.QueryParam;
import org.craq.node.files.RequestedFreshness;

/** The parameters of a REST read that state how fresh the answer must be. */
public class FreshnessParams {
    /** The session token: returned with every answer, and accepted with every read. */
    public static final String SESSION = "X-Craq-Session";

    @QueryParam("consistency")
    @DefaultValue("")
    private String consistency;

    @QueryParam("max-age")
    @DefaultValue("")
    private String maxAge;

    @QueryParam("max-lag")
    @DefaultValue("")
    private String maxLag;

    @HeaderParam(SESSION)
    @DefaultValue("")
    private String session;

    /**
     * Parses the parameters.
     *
     * @throws IllegalArgumentException with a message that states the violated rule
     */
    RequestedFreshness asked() {
        return RequestedFreshness.of(consistency, maxAge, maxLag, session);
    }
}
