package org.craq.manager.admin;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.Optional;
import org.craq.manager.leadership.Leadership;
import org.craq.manager.membership.Membership;
import org.craq.server.access.Needs;
import org.craq.wire.tls.TlsCredentials;

/** Shows managers, chains and nodes as this manager sees them. */
@RequestScoped
@Needs
@Path("admin")
@Produces(MediaType.APPLICATION_JSON)
public class AdminResource {
    @Inject
    private Membership membership;

    @Inject
    private Leadership leadership;

    @Inject
    private Optional<TlsCredentials> tls;

    /** Returns what this process is and uses. A standby answers this itself. */
    @GET
    @Path("status")
    public ManagerStatusView status() {
        return ManagerStatusView.of(leadership, tls);
    }

    /** Returns the managers that this one knows. A standby answers this itself. */
    @GET
    @Path("managers")
    public ManagersView managers() {
        return ManagersView.of(leadership);
    }

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
