package org.craq.node.admin;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.craq.node.runtime.NodeStorage;
import org.craq.node.runtime.RunningNode;
import org.craq.server.access.Needs;

/** The scrub of this node's chunks, for operators: shows its progress and starts a pass. */
@RequestScoped
@Needs
@Path("admin/scrub")
public class ScrubResource {
    @Inject
    private RunningNode running;

    /**
     * The progress of the scrub.
     *
     * @param current the running pass, or else the last one
     * @param last the last completed pass; all zero before the first
     */
    public record ScrubStatus(
            StorageStatus.ScrubPass current, StorageStatus.ScrubPass last, StorageStatus.Repairs repairs) {
        static ScrubStatus of(NodeStorage storage) {
            return new ScrubStatus(
                    StorageStatus.ScrubPass.of(storage.scrub().current()),
                    StorageStatus.ScrubPass.of(storage.scrub().last()),
                    StorageStatus.Repairs.of(storage.repair().counts()));
        }
    }

    @GET
    @Produces(MediaType.APPLICATION_JSON)
    public ScrubStatus status() {
        return ScrubStatus.of(running.node().storage());
    }

    /** Begins a pass, unless one is already running. */
    @POST
    @Produces(MediaType.APPLICATION_JSON)
    public Response begin() {
        NodeStorage storage = running.node().storage();
        storage.scrub().begin();
        return Response.accepted(ScrubStatus.of(storage)).build();
    }
}
