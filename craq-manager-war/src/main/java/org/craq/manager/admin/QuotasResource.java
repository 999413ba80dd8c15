package org.craq.manager.admin;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.craq.manager.users.Users;
import org.craq.security.Action;
import org.craq.security.Quota;
import org.craq.security.UserRecords;
import org.craq.server.access.Needs;
import org.craq.server.audit.AuditedCall;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.Errors;

/** Limits of what is kept under a prefix of names. How much of them is used, only the head knows. */
@RequestScoped
@Path("admin/quotas")
@Produces(MediaType.APPLICATION_JSON)
@Needs(action = Action.MANAGE_USERS)
public class QuotasResource {
    private static final String BYTES = "bytes";
    private static final String VERSIONS = "versions";

    @Inject
    private Users users;

    @Context
    private HttpServletRequest request;

    /** A quota; a number that is not limited is null. */
    public record QuotaView(String prefix, Long bytes, Long versions) {
        static QuotaView of(Quota quota) {
            return new QuotaView(quota.prefix(), number(quota.bytes()), number(quota.versions()));
        }

        private static Long number(OptionalLong limit) {
            return limit.isPresent() ? (Long) limit.getAsLong() : null;
        }
    }

    /** All quotas in the order of their prefixes. */
    public record QuotasView(List<QuotaView> quotas) {}

    private void change(String what, UnaryOperator<UserRecords> change) {
        AuditedCall.of(request).detail(what);
        users.changeEverywhere(what, change);
    }

    /** Returns all quotas. */
    @GET
    public QuotasView list() {
        return new QuotasView(users.records().quotas().values().stream()
                .sorted()
                .map(QuotaView::of)
                .toList());
    }

    /** Sets the quota of a prefix, in place of one that it may have. */
    @PUT
    @Consumes(MediaType.APPLICATION_JSON)
    public QuotaView put(@QueryParam("prefix") String prefix, InputStream body) throws IOException {
        JsonBody json = JsonBody.of(body, Set.of(BYTES, VERSIONS));
        Quota quota = Errors.valid(() -> new Quota(
                required(prefix),
                limit(json.number(BYTES, Long.MAX_VALUE)),
                limit(json.number(VERSIONS, Long.MAX_VALUE))));
        change(
                "quota of '" + prefix + "' is " + words(quota),
                records -> quota.equals(records.quotas().get(prefix)) ? records : records.with(quota));
        return QuotaView.of(quota);
    }

    /** Removes the quota of a prefix. */
    @DELETE
    public Response remove(@QueryParam("prefix") String prefix) {
        String known = required(prefix);
        change("quota of '" + known + "' removed", records -> {
            if (!records.quotas().containsKey(known)) {
                throw new CraqException(ErrorCode.NOT_FOUND, "the prefix '" + known + "' has no quota");
            }
            return records.withoutQuota(known);
        });
        return Response.noContent().build();
    }

    private static String required(String prefix) {
        if (prefix == null) {
            throw JsonBody.invalid("say of which names: ?prefix=PREFIX, percent-encoded; it is empty for all names");
        }
        return prefix;
    }

    private static OptionalLong limit(Optional<Long> number) {
        return number.map(OptionalLong::of).orElse(OptionalLong.empty());
    }

    private static String words(Quota quota) {
        return (quota.bytes().isPresent() ? quota.bytes().getAsLong() + " bytes" : "any number of bytes") + ", "
                + (quota.versions().isPresent()
                        ? quota.versions().getAsLong() + " versions"
                        : "any number of versions");
    }
}
