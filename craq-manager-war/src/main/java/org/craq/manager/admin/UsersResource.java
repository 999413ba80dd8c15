package org.craq.manager.admin;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.craq.manager.admin.UserView.KeyView;
import org.craq.manager.admin.UserView.UsersView;
import org.craq.manager.users.Users;
import org.craq.security.AccessKey;
import org.craq.security.Action;
import org.craq.security.Grant;
import org.craq.security.Grants;
import org.craq.security.Passwords;
import org.craq.security.User;
import org.craq.security.UserRecords;
import org.craq.security.UserRecords.KeyRecord;
import org.craq.security.UserRecords.UserRecord;
import org.craq.server.access.Needs;
import org.craq.server.audit.AuditedCall;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.Errors;

/** Users, their grants and their access keys. A change holds on every node within one lease of the answer. */
@RequestScoped
@Path("admin/users")
@Produces(MediaType.APPLICATION_JSON)
@Needs(action = Action.MANAGE_USERS)
public class UsersResource {
    private static final long LONGEST_SECONDS = 10L * 366 * 24 * 3600;
    private static final SecureRandom RANDOM = new SecureRandom();

    @Inject
    private Users users;

    @Context
    private HttpServletRequest request;

    /** Makes a change, and tells the audit trail what it changes. */
    private UserRecords change(String name, String what, UnaryOperator<UserRecords> change) {
        AuditedCall audited = AuditedCall.of(request);
        audited.detail(what);
        return users.changeEverywhere(what, before -> {
            UserRecords after = change.apply(before);
            audited.detail(what + UserChange.words(name, before, after));
            return after;
        });
    }

    /** Returns all users in the order of their names. */
    @GET
    public UsersView list() {
        return UsersView.of(users.records());
    }

    /** Returns one user. */
    @GET
    @Path("{name}")
    public UserView show(@PathParam("name") String name) {
        return view(users.records(), name);
    }

    private UserView view(UserRecords records, String name) {
        return UserView.of(records, user(records, name));
    }

    private static UserRecord user(UserRecords records, String name) {
        return Optional.ofNullable(records.users().get(name))
                .orElseThrow(() -> new CraqException(ErrorCode.NOT_FOUND, "there is no user " + name));
    }

    /** Creates a user, or changes what the body names: grants, enabled, password. */
    @PUT
    @Path("{name}")
    @Consumes(MediaType.APPLICATION_JSON)
    public Response put(@PathParam("name") String name, InputStream body) throws IOException {
        Errors.valid(() -> User.requireName(name));
        JsonBody json = JsonBody.of(body, Set.of("grants", "enabled", "password"));
        Optional<Grants> grants = Errors.valid(() -> json.texts("grants").map(UserView::grants));
        Optional<Boolean> enabled = json.flag("enabled");
        json.text("password").ifPresent(text -> requireOwn(name, "a password"));
        Optional<String> password = Errors.valid(() -> json.text("password").map(text -> Passwords.hash(text, RANDOM)));
        boolean[] created = {false};
        UserRecords after = change(name, "user " + name + " created or changed", records -> {
            UserRecord before = records.users().get(name);
            created[0] = before == null;
            Instant now = now();
            User user = new User(
                    name,
                    enabled.orElse(before == null || before.user().enabled()),
                    // Whoever knew the old password may hold tokens.
                    before != null && password.isPresent() && before.password().isPresent()
                            ? nextSecond(now)
                            : before == null
                                    ? firstTokens(name, now)
                                    : before.user().tokensFrom(),
                    grants.orElse(before == null ? Grants.NONE : before.user().grants()));
            UserRecord next = new UserRecord(
                    user,
                    password.or(() -> before == null ? Optional.empty() : before.password()),
                    before == null ? now : before.created());
            return next.equals(before) ? records : requireAdministrator(records.with(next));
        });
        return Response.status(created[0] ? Response.Status.CREATED : Response.Status.OK)
                .entity(view(after, name))
                .build();
    }

    /** Removes a user and its keys. */
    @DELETE
    @Path("{name}")
    public Response remove(@PathParam("name") String name) {
        change(name, "user " + name + " removed", records -> {
            UserRecord known = user(records, name);
            return requireAdministrator(records.without(known.user().name()));
        });
        return Response.noContent().build();
    }

    /** Adds a grant. A group or a user from outside need not be known before. */
    @POST
    @Path("{name}/grants")
    @Consumes(MediaType.APPLICATION_JSON)
    public UserView grant(@PathParam("name") String name, InputStream body) throws IOException {
        String text = JsonBody.of(body, Set.of("grant")).required("grant");
        Grant grant = Errors.valid(() -> Grant.of(text));
        if (User.isOutside(name)) {
            Errors.valid(() -> User.requireName(name));
        }
        return view(
                change(name, "user " + name + " is granted " + grant, records -> {
                    UserRecords known = records.users().containsKey(name) || !User.isOutside(name)
                            ? records
                            : records.with(outside(name));
                    List<Grant> grants =
                            new ArrayList<>(user(known, name).user().grants().all());
                    grants.add(grant);
                    return withGrants(known, name, Grants.of(grants));
                }),
                name);
    }

    private static UserRecord outside(String name) {
        Instant now = now();
        return new UserRecord(new User(name, true, firstTokens(name, now), Grants.NONE), Optional.empty(), now);
    }

    /** Tokens of a former user of the same name end. A user from outside stays the same, and has tokens already. */
    private static Instant firstTokens(String name, Instant now) {
        return User.isOutside(name) ? Instant.EPOCH : nextSecond(now);
    }

    private static void requireOwn(String name, String what) {
        if (User.isOutside(name)) {
            throw new CraqException(
                    ErrorCode.CHANGE_REFUSED,
                    name + " can't have " + what + " here: it is known elsewhere, as its prefix says");
        }
    }

    /** Takes a grant away. */
    @DELETE
    @Path("{name}/grants")
    public UserView revoke(@PathParam("name") String name, @QueryParam("grant") String text) {
        if (text == null) {
            throw JsonBody.invalid("say which grant: ?grant=ROLE:PREFIX, percent-encoded");
        }
        Grant grant = Errors.valid(() -> Grant.of(text));
        return view(
                change(name, "grant " + grant + " of user " + name + " revoked", records -> {
                    List<Grant> grants =
                            new ArrayList<>(user(records, name).user().grants().all());
                    if (!grants.remove(grant)) {
                        throw new CraqException(
                                ErrorCode.NOT_FOUND,
                                "user " + name + " has no grant '" + grant + "'; it has " + grants);
                    }
                    return requireAdministrator(withGrants(records, name, Grants.of(grants)));
                }),
                name);
    }

    private static UserRecords withGrants(UserRecords records, String name, Grants grants) {
        UserRecord before = user(records, name);
        User user = new User(name, before.user().enabled(), before.user().tokensFrom(), grants);
        return user.equals(before.user())
                ? records
                : records.with(new UserRecord(user, before.password(), before.created()));
    }

    /** Makes all tokens invalid that a user has got so far. */
    @DELETE
    @Path("{name}/tokens")
    public Response revokeTokens(@PathParam("name") String name) {
        if (User.isGroup(name)) {
            throw new CraqException(ErrorCode.CHANGE_REFUSED, "a group has no tokens; revoke those of its users");
        }
        change(name, "tokens of user " + name + " revoked", records -> {
            UserRecord before = user(records, name);
            User user = new User(
                    name,
                    before.user().enabled(),
                    nextSecond(now()),
                    before.user().grants());
            return records.with(new UserRecord(user, before.password(), before.created()));
        });
        return Response.noContent().build();
    }

    /** Creates an access key. Its secret is shown in this answer only. */
    @POST
    @Path("{name}/keys")
    @Consumes(MediaType.APPLICATION_JSON)
    public Response createKey(@PathParam("name") String name, InputStream body) throws IOException {
        requireOwn(name, "access keys");
        JsonBody json = JsonBody.of(body, Set.of("expiresInSeconds", "limits"));
        Instant now = now();
        Optional<Instant> expires =
                json.number("expiresInSeconds", LONGEST_SECONDS).map(now::plusSeconds);
        Optional<Grants> limits = Errors.valid(() -> UserView.limits(json.texts("limits")));
        AccessKey.Created created = AccessKey.create(name, expires, limits, RANDOM);
        KeyRecord record = new KeyRecord(created.key(), false, now);
        change(name, "key " + created.key().id() + " of user " + name + " created", records -> {
            user(records, name);
            return records.with(record);
        });
        return Response.status(Response.Status.CREATED)
                .entity(KeyView.of(record, created.secret()))
                .header("Cache-Control", "no-store")
                .build();
    }

    /** Deletes an access key; tokens that it has got end with it. */
    @DELETE
    @Path("{name}/keys/{key}")
    public Response deleteKey(@PathParam("name") String name, @PathParam("key") String id) {
        change(name, "key " + id + " of user " + name + " deleted", records -> {
            KeyRecord record = records.keys().get(id);
            if (record == null || record.deleted() || !record.key().user().equals(name)) {
                throw new CraqException(ErrorCode.NOT_FOUND, "user " + name + " has no key " + id);
            }
            return records.with(new KeyRecord(record.key(), true, record.created()));
        });
        return Response.noContent().build();
    }

    private static UserRecords requireAdministrator(UserRecords after) {
        boolean some = after.users().values().stream()
                // Those from outside don't count: their issuer may be away.
                .anyMatch(each -> each.user().enabled()
                        && !User.isOutside(each.user().name())
                        && each.user().grants().allow(Action.MANAGE_USERS, ""));
        if (!some) {
            throw new CraqException(
                    ErrorCode.CHANGE_REFUSED,
                    "nobody could manage users any more; first give another enabled user of this cluster the grant admin:");
        }
        return after;
    }

    private static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.MILLIS);
    }

    /** Tokens state when they were issued in whole seconds. */
    private static Instant nextSecond(Instant now) {
        return now.truncatedTo(ChronoUnit.SECONDS).plusSeconds(1);
    }
}
