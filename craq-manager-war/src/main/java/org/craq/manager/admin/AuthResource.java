package org.craq.manager.admin;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.craq.manager.users.Logins;
import org.craq.manager.users.TokenIssuer;
import org.craq.manager.users.Users;
import org.craq.security.Authenticator;
import org.craq.security.Caller;
import org.craq.security.Tokens;
import org.craq.server.access.Access;
import org.craq.server.access.Needs;
import org.craq.server.access.RequestCaller;
import org.craq.server.audit.AuditedCall;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/** Tokens for passwords, access keys and single requests. */
@RequestScoped
@Path("auth")
@Produces(MediaType.APPLICATION_JSON)
public class AuthResource {
    private static final String PATH = "/v1/";

    @Inject
    private Users users;

    @Inject
    private Logins logins;

    @Inject
    private TokenIssuer issuer;

    @Inject
    private Access access;

    @Context
    private HttpServletRequest request;

    /**
     * A token.
     *
     * @param expiresAt ISO 8601, UTC
     */
    public record TokenView(String token, String expiresAt, String user) {}

    /**
     * A token for one request.
     *
     * @param query the query of the request with the token in it
     */
    public record PresignedView(String token, String expiresAt, String query) {}

    /**
     * Who calls.
     *
     * @param method how it has proved that, in lower case
     * @param key id of the access key, if one was used
     * @param groups of a user from outside, as far as they are known here; null if there are none
     * @param grants of the user and its groups
     * @param limits of that key; null if it has none
     */
    public record CallerView(
            String user, String method, String key, List<String> groups, List<String> grants, List<String> limits) {}

    /** Returns a token of an hour for the user and password, or the access key and secret, in Basic credentials. */
    @POST
    @Path("token")
    @Needs(Needs.What.NOTHING)
    public Response token() {
        requireOn();
        String header = request.getHeader("Authorization");
        var given = Authenticator.basic(header == null ? "" : header)
                .orElseThrow(() -> new CraqException(
                        ErrorCode.UNAUTHENTICATED,
                        "send user and password, or access key and secret, as Basic credentials"));
        AuditedCall audited = AuditedCall.of(request);
        audited.claims(given.name());
        audited.name(users.existing(given.name()));
        Logins.Login login = logins.login(given.name(), given.secret(), request.getRemoteAddr());
        audited.loggedIn(login.user(), given.name());
        return secret(
                new TokenView(login.token().token(), login.token().expires().toString(), login.user()));
    }

    /** Returns who calls, and what it may do. */
    @GET
    @Path("whoami")
    @Needs(Needs.What.USER)
    public CallerView whoAmI() {
        requireOn();
        Caller caller = RequestCaller.of(request, access);
        return new CallerView(
                caller.user(),
                caller.method().name().toLowerCase(java.util.Locale.ROOT),
                caller.key().orElse(null),
                caller.groups().isEmpty() ? null : caller.groups(),
                UserView.texts(caller.grants()),
                caller.key()
                        .map(id -> users.records().keys().get(id))
                        .flatMap(record -> record.key().limits())
                        .map(UserView::texts)
                        .orElse(null));
    }

    /** Returns a token with which anyone can make one request, such as a download, in the caller's name. */
    @POST
    @Path("presign")
    @Consumes(MediaType.APPLICATION_JSON)
    @Needs(Needs.What.USER)
    public Response presign(InputStream body) throws IOException {
        requireOn();
        JsonBody json = JsonBody.of(body, Set.of("method", "path", "query", "seconds"));
        String path = json.required("path");
        if (!path.startsWith(PATH)) {
            throw JsonBody.invalid("path must begin with " + PATH + ", such as /v1/files/docs/report.pdf");
        }
        String query = json.text("query").orElse("");
        long seconds = json.number("seconds", TokenIssuer.LONGEST.toSeconds()).orElse(TokenIssuer.TOKEN.toSeconds());
        Caller caller = RequestCaller.of(request, access);
        if (caller.method() == Caller.Method.PRESIGNED) {
            throw new CraqException(ErrorCode.PERMISSION_DENIED, "a presigned URL can't sign another one");
        }
        requireHolds(caller, Duration.ofSeconds(seconds));
        TokenIssuer.Issued issued = issuer.issue(
                caller,
                Tokens.fingerprint(json.text("method").orElse("GET"), path, query),
                Duration.ofSeconds(seconds));
        return secret(new PresignedView(
                issued.token(), issued.expires().toString(), RequestCaller.withToken(query, issued.token())));
    }

    /** What an issuer outside of the cluster says of a caller can't be asked again later. */
    private static void requireHolds(Caller caller, Duration validity) {
        caller.assertion()
                .map(said -> Duration.between(Instant.now(), said.expires()))
                .filter(left -> left.compareTo(validity) < 0)
                .ifPresent(left -> {
                    throw JsonBody.invalid(
                            "a URL can't be valid for longer than the token that it is signed with, which"
                                    + " expires in " + left.toSeconds() + " s");
                });
    }

    private void requireOn() {
        if (!access.isOn()) {
            throw new CraqException(
                    ErrorCode.NOT_FOUND,
                    "security is off on this manager: nobody needs a token, and there are no users");
        }
    }

    private static Response secret(Object entity) {
        return Response.ok(entity).header("Cache-Control", "no-store").build();
    }
}
