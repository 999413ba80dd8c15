package org.craq.manager.admin;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.craq.manager.membership.Membership;

/** Shows chains and nodes as the manager sees them. */
@RequestScoped
@Path("admin")
@Produces(MediaType.APPLICATION_JSON)
public class AdminResource {
    @Inject
    private Membership membership;

    @GET
    @Path("chains")
    public ChainsView chains() {
        return ChainsView.of(membership.chains());
    }

    @GET
    @Path("nodes")
    public NodesView nodes() {
        return NodesView.of(membership.nodes());
    }
}
