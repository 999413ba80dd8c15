package org.craq.node.rest;

import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.QueryParam;
import org.craq.node.files.RequestedFreshness;

/** How new the answer to a REST read must be. */
public class FreshnessParams {
    /** What a session has seen: comes with every answer, and may be sent with every read. */
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

    /** @throws IllegalArgumentException with the rule that is broken */
    RequestedFreshness asked() {
        return RequestedFreshness.of(consistency, maxAge, maxLag, session);
    }
}
