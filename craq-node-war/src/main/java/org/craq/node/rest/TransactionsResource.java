package org.craq.node.rest;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.container.Suspended;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.craq.core.replica.WriteId;
import org.craq.node.files.FileStore;
import org.craq.node.files.FileWrites;
import org.craq.node.files.Preconditions;
import org.craq.node.files.Step;
import org.craq.node.files.StepRights;
import org.craq.node.files.WriteIds;
import org.craq.node.runtime.RunningNode;
import org.craq.server.access.Guard;
import org.craq.server.access.Needs;
import org.craq.server.audit.AuditedRequests;
import org.craq.server.clients.SlowClients;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.Errors;

/** {@code POST /v1/transactions}: executes several copies, moves, deletions and checks of files atomically. */
@RequestScoped
@Needs(Needs.What.USER)
@Path("transactions")
public class TransactionsResource {
    private static final int MAX_BODY_BYTES = 1 << 20;

    @Inject
    private RunningNode running;

    @Context
    private HttpServletRequest request;

    /** The receipts of all steps but checks, in order. */
    public record Receipts(List<FileListing.Receipt> receipts) implements AuditedRequests.AuditedReceipts {}

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Produces(MediaType.APPLICATION_JSON)
    public void run(
            @HeaderParam("Idempotency-Key") @DefaultValue("") String key,
            InputStream body,
            @Suspended AsyncResponse response) {
        request = SlowClients.unwrapped(request);
        running.http().clients().answer(response, () -> run(key, body));
    }

    private Response run(String key, InputStream body) {
        Guard guard = running.guard(request);
        Optional<Response> elsewhere = HeadRedirect.of(running.node(), request, guard);
        if (elsewhere.isPresent()) {
            return elsewhere.get();
        }
        refuseConditions();
        byte[] text = text(body);
        List<Step> steps = Errors.valid(() -> StepJson.parse(text));
        WriteId id = Errors.valid(() -> WriteIds.of(key, guard.user()));
        StepRights.require(guard, steps);
        List<FileWrites.Done> done = FileStore.await(running.node().changes().run(id, steps));
        return Response.ok(new Receipts(done.stream()
                        .map(each -> FileListing.Receipt.of(each, Map.of()))
                        .toList()))
                .header(FreshnessParams.SESSION, done.get(0).session().toString())
                .build();
    }

    /** Refuses conditional headers, as they would refer to a file at this URL, and there is none. */
    private void refuseConditions() {
        for (String header : Preconditions.HEADERS) {
            if (request.getHeader(header) != null) {
                throw new CraqException(
                        ErrorCode.INVALID_ARGUMENT,
                        header
                                + " does not apply to the files of a transaction; put conditions into its steps: ifVersion,"
                                + " ifAbsent, ifPresent");
            }
        }
    }

    private static byte[] text(InputStream body) {
        byte[] bytes;
        try {
            bytes = body.readNBytes(MAX_BODY_BYTES + 1);
        } catch (IOException e) {
            throw new CraqException(ErrorCode.UPLOAD_ABANDONED, "the body ended early; nothing was changed", e);
        }
        if (bytes.length > MAX_BODY_BYTES) {
            throw new CraqException(
                    ErrorCode.CONTENT_TOO_LARGE, "a transaction may have at most " + MAX_BODY_BYTES + " bytes of JSON");
        }
        return bytes;
    }
}
