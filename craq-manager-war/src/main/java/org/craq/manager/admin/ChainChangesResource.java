package org.craq.manager.admin;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import org.craq.core.chain.ChainId;
import org.craq.core.chain.NodeId;
import org.craq.manager.membership.ChainChanges;
import org.craq.manager.membership.ChainChanges.Manner;
import org.craq.manager.membership.ChainChanges.Outcome;
import org.craq.server.StrictJson;
import org.craq.server.access.Needs;
import org.craq.server.audit.AuditedCall;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.Errors;

/**
 * Adds and removes members of a chain on request. A request is recorded and carried out in the background (202). With
 * {@code dryRun=true} the answer (200) only says what would be done; {@code force=true} accepts a risk for which the
 * request would otherwise be refused.
 */
@RequestScoped
@Needs
@Path("admin/chains/{chain}/members")
@Produces(MediaType.APPLICATION_JSON)
public class ChainChangesResource {
    private static final int MAX_BODY_BYTES = 64 << 10;

    @Inject
    private ChainChanges changes;

    @Context
    private HttpServletRequest request;

    @PathParam("chain")
    private String chain;

    @QueryParam("dryRun")
    private String dryRun;

    @QueryParam("force")
    private String force;

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    public Response add(InputStream body) throws IOException {
        String node = nodeIn(body);
        AuditedCall.of(request).name("chains/" + chain + "/members/" + node);
        return answer(changes.add(chainId(), nodeId(node), manner()));
    }

    @DELETE
    @Path("{node}")
    public Response remove(@PathParam("node") String node) {
        return answer(changes.remove(chainId(), nodeId(node), manner()));
    }

    private Response answer(Outcome outcome) {
        boolean dry = manner().dryRun();
        return Response.status(dry ? Response.Status.OK : Response.Status.ACCEPTED)
                .entity(PlanView.of(outcome, dry))
                .build();
    }

    private Manner manner() {
        return new Manner(flag("dryRun", dryRun), flag("force", force));
    }

    private ChainId chainId() {
        return Errors.valid(() -> new ChainId(chain));
    }

    private static NodeId nodeId(String text) {
        return Errors.valid(() -> new NodeId(text));
    }

    /** Parses a flag strictly, so that a mistyped {@code dryRun} does not carry out what was meant as a trial. */
    private static boolean flag(String name, String value) {
        if (value == null || value.equals("false")) {
            return false;
        }
        if (value.equals("true") || value.isEmpty()) {
            return true;
        }
        throw new CraqException(ErrorCode.INVALID_ARGUMENT, name + " is '" + value + "', but must be true or false");
    }

    /**
     * Parses the body itself: servers differ in how they treat a body that is not JSON, and their messages do not say
     * how to correct it.
     */
    private static String nodeIn(InputStream body) throws IOException {
        byte[] text = body.readNBytes(MAX_BODY_BYTES + 1);
        if (text.length > MAX_BODY_BYTES) {
            throw new CraqException(
                    ErrorCode.CONTENT_TOO_LARGE, "the body may have at most " + MAX_BODY_BYTES + " bytes of JSON");
        }
        try {
            return StrictJson.object(text).getString("nodeId");
        } catch (IllegalArgumentException e) {
            throw new CraqException(
                    ErrorCode.INVALID_ARGUMENT, e.getMessage() + "; name the node in JSON: {\"nodeId\": \"n4\"}", e);
        } catch (NullPointerException | ClassCastException e) {
            throw new CraqException(ErrorCode.INVALID_ARGUMENT, "name the node in JSON: {\"nodeId\": \"n4\"}", e);
        }
    }
}
