package org.craq.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class AuthenticatorTest {
    private static final String CLUSTER = "c";
    private static final String OF_ISSUER = "header.claims.signature";
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final KeyPair SIGNER = Tokens.newKeys();

    private final Map<String, User> users = new HashMap<>();
    private final Map<String, AccessKey> keys = new HashMap<>();
    private final Map<String, PublicKey> signers = new HashMap<>(Map.of("k1", SIGNER.getPublic()));
    private final Set<String> revoked = new HashSet<>();
    private Instant now = Instant.parse("2026-12-01T10:00:00Z");
    private final Authenticator authenticator = new Authenticator(this::rights, () -> now, Optional.of(this::outside));
    /** What the issuer outside says, whatever the token. */
    private Assertion said =
            new Assertion("oidc:anna", List.of("group:engineers", "group:unknown"), now, now.plusSeconds(300));

    AuthenticatorTest() {
        user("alice", true, Instant.EPOCH, "writer:docs/", "reader:pub/");
    }

    private Rights rights() {
        return new Rights(1, CLUSTER, users, keys, signers, revoked, List.of());
    }

    private Assertion outside(String token) {
        if (!token.equals(OF_ISSUER)) {
            throw AccessException.unauthenticated("not a token");
        }
        return said;
    }

    private void user(String name, boolean enabled, Instant tokensFrom, String... grants) {
        users.put(
                name,
                new User(
                        name,
                        enabled,
                        tokensFrom,
                        Grants.of(List.of(grants).stream().map(Grant::of).toList())));
    }

    private Tokens.Claims claims() {
        return new Tokens.Claims(
                CLUSTER,
                "alice",
                now,
                now.plusSeconds(3600),
                UUID.randomUUID().toString(),
                Optional.empty(),
                Optional.empty(),
                List.of());
    }

    private static String sign(Tokens.Claims claims) {
        return Tokens.sign(claims, "k1", SIGNER.getPrivate());
    }

    private static String basic(String user, String secret) {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":" + secret).getBytes(StandardCharsets.UTF_8));
    }

    private static void refused(String reason, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(AccessException.class, e -> assertThat(e.reason())
                        .isEqualTo(AccessException.Reason.UNAUTHENTICATED))
                .hasMessageContaining(reason);
    }

    @Test
    void aTokenProvesItsUserUntilItExpires() {
        String token = sign(claims());
        Caller caller = authenticator.ofHeader("bearer " + token);
        assertThat(caller.user()).isEqualTo("alice");
        assertThat(caller.may(Action.WRITE, "docs/x")).isTrue();
        assertThat(caller.may(Action.WRITE, "pub/x")).isFalse();
        assertThat(authenticator.ofHeader(basic("token", token)).user()).isEqualTo("alice");
        now = now.plusSeconds(3600);
        refused("has expired", () -> authenticator.ofToken(token));
    }

    @Test
    void aTokenEndsWithWhatItWasIssuedFor() {
        Tokens.Claims claims = claims();
        String token = sign(claims);
        revoked.add(claims.id());
        refused("was revoked", () -> authenticator.ofToken(token));
        revoked.clear();
        user("alice", true, now.plusSeconds(1), "writer:docs/");
        refused("was revoked", () -> authenticator.ofToken(token));
        user("alice", false, Instant.EPOCH, "writer:docs/");
        refused("is disabled", () -> authenticator.ofToken(token));
        users.clear();
        refused("was revoked", () -> authenticator.ofToken(token));
        refused("no user alice", () -> authenticator.ofCertificate("alice"));
    }

    @Test
    void onlyTokensThatAManagerHasSignedAreRead() throws Exception {
        String token = sign(claims());
        String[] parts = token.split("\\.", -1);
        KeyPair other = Tokens.newKeys();
        refused("signature is wrong", () -> authenticator.ofToken(Tokens.sign(claims(), "k1", other.getPrivate())));
        refused("not in use here", () -> authenticator.ofToken(Tokens.sign(claims(), "k2", SIGNER.getPrivate())));
        Tokens.Claims foreign = new Tokens.Claims(
                "other",
                "alice",
                now,
                now.plusSeconds(9),
                UUID.randomUUID().toString(),
                Optional.empty(),
                Optional.empty(),
                List.of());
        refused("another cluster", () -> authenticator.ofToken(sign(foreign)));
        for (String header : List.of(
                "{\"alg\":\"none\",\"typ\":\"JWT\",\"kid\":\"k1\"}",
                "{\"alg\":\"HS256\",\"typ\":\"JWT\",\"kid\":\"k1\"}",
                "{\"alg\":\"EdDSA\",\"typ\":\"JWT\",\"kid\":\"../../k1\"}",
                "{\"alg\":\"EdDSA\",\"alg\":\"none\",\"typ\":\"JWT\",\"kid\":\"k1\"}")) {
            refused("not a token", () -> authenticator.ofToken(encode(header) + "." + parts[1] + "."));
        }
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(SIGNER.getPublic().getEncoded(), "HmacSHA256"));
        String text = encode("{\"alg\":\"EdDSA\",\"typ\":\"JWT\",\"kid\":\"k1\"}") + "." + parts[1];
        String forged = text + "."
                + Base64.getUrlEncoder()
                        .withoutPadding()
                        .encodeToString(mac.doFinal(text.getBytes(StandardCharsets.US_ASCII)));
        refused("token", () -> authenticator.ofToken(forged));
        refused("signature is wrong", () -> authenticator.ofToken(parts[0] + "." + encode("{}") + "." + parts[2]));
        for (String wrong : List.of("", ".", "..", "...", "a.b.c", token + ".", "x".repeat(1 << 20))) {
            refused("not a token", () -> authenticator.ofToken(wrong));
        }
    }

    private static String encode(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void anAccessKeyProvesItsUserWithinItsLimits() {
        AccessKey.Created created = AccessKey.create(
                "alice",
                Optional.of(now.plusSeconds(60)),
                Optional.of(Grants.of(List.of(Grant.of("reader:docs/a/")))),
                RANDOM);
        keys.put(created.key().id(), created.key());
        Caller caller = authenticator.ofHeader(basic(created.key().id(), created.secret()));
        assertThat(caller.may(Action.READ, "docs/a/x")).isTrue();
        assertThat(caller.may(Action.WRITE, "docs/a/x")).isFalse();
        assertThat(caller.may(Action.READ, "docs/b")).isFalse();
        assertThat(caller.readableBelow("")).containsExactly("docs/a/");
        assertThatThrownBy(() -> caller.require(Action.WRITE, "docs/a/x"))
                .hasMessage("user alice with key " + created.key().id() + " must not write 'docs/a/x'");

        String token = sign(new Tokens.Claims(
                CLUSTER,
                "alice",
                now,
                now.plusSeconds(3600),
                UUID.randomUUID().toString(),
                Optional.of(created.key().id()),
                Optional.empty(),
                List.of()));
        Caller ofToken = authenticator.ofToken(token);
        assertThat(ofToken.may(Action.WRITE, "docs/a/x"))
                .as("the limits of the key")
                .isFalse();
        assertThat(ofToken.may(Action.READ, "docs/a/x")).isTrue();

        refused(
                "with this secret",
                () -> authenticator.ofHeader(basic(created.key().id(), created.secret() + "x")));
        refused("with this secret", () -> authenticator.ofHeader(basic("CKAAAAAAAAAAAAAAAAAA", "x")));
        now = now.plusSeconds(60);
        refused("has expired", () -> authenticator.ofHeader(basic(created.key().id(), created.secret())));
        refused("has expired", () -> authenticator.ofToken(token));
        keys.clear();
        refused("was deleted", () -> authenticator.ofToken(token));
        assertThat(caller.may(Action.READ, "docs/a/x")).as("an open transfer").isFalse();
        assertThat(caller.readableBelow("")).isEmpty();
    }

    @Test
    void aSignedRequestIsAcceptedForThatRequestOnly() {
        String print = Tokens.fingerprint("GET", "/v1/files/docs/x", "version=1-1");
        String token = sign(new Tokens.Claims(
                CLUSTER,
                "alice",
                now,
                now.plusSeconds(60),
                UUID.randomUUID().toString(),
                Optional.empty(),
                Optional.of(print),
                List.of()));
        assertThat(authenticator.ofRequestToken(token, print).user()).isEqualTo("alice");
        assertThat(Tokens.fingerprint("HEAD", "/v1/files/docs/x", "version=1-1"))
                .isEqualTo(print);
        for (String other : List.of(
                Tokens.fingerprint("PUT", "/v1/files/docs/x", "version=1-1"),
                Tokens.fingerprint("GET", "/v1/files/docs/y", "version=1-1"),
                Tokens.fingerprint("GET", "/v1/files/docs/x", ""),
                Tokens.fingerprint("GET", "/v1/files/docs/x\nversion=1-1", ""))) {
            refused("another method, path or query", () -> authenticator.ofRequestToken(token, other));
        }
        refused("for one request", () -> authenticator.ofToken(token));
        refused("another method", () -> authenticator.ofRequestToken(sign(claims()), print));
        now = now.plusSeconds(61);
        refused("has expired", () -> authenticator.ofRequestToken(token, print));
    }

    @Test
    void whatIsNeitherTokenNorKeyIsRefusedWithWhatToDo() {
        refused("craq login", () -> authenticator.ofHeader(basic("alice", "correct horse battery")));
        refused("must be 'Bearer TOKEN'", () -> authenticator.ofHeader("Digest x"));
        refused("must be 'Bearer TOKEN'", () -> authenticator.ofHeader("Basic !!!"));
        refused("must be 'Bearer TOKEN'", () -> authenticator.ofHeader("Basic " + encode("no colon")));
        refused("too long", () -> authenticator.ofHeader("Bearer " + "x".repeat(10_000)));
    }

    @Test
    void aUserFromOutsideMayDoWhatItAndItsGroupsMayDo() {
        user("group:engineers", true, Instant.EPOCH, "reader:docs/");
        user("oidc:anna", true, Instant.EPOCH, "writer:docs/anna/");
        Caller anna = authenticator.ofHeader("Bearer " + OF_ISSUER);
        assertThat(anna.user()).isEqualTo("oidc:anna");
        assertThat(anna.method()).isEqualTo(Caller.Method.OIDC);
        assertThat(anna.groups()).containsExactly("group:engineers");
        assertThat(anna.may(Action.READ, "docs/x")).isTrue();
        assertThat(anna.may(Action.WRITE, "docs/x")).isFalse();
        assertThat(anna.may(Action.WRITE, "docs/anna/x")).isTrue();
        assertThat(anna.readableBelow("")).containsExactly("docs/");
        assertThat(anna.grants()).hasToString("Grants[all=[reader:docs/, writer:docs/anna/]]");

        user("group:engineers", true, Instant.EPOCH);
        assertThat(anna.may(Action.READ, "docs/x"))
                .as("grant taken from the group")
                .isFalse();
        user("group:engineers", false, Instant.EPOCH, "reader:docs/");
        assertThat(anna.may(Action.READ, "docs/x")).as("group disabled").isFalse();
        user("group:engineers", true, Instant.EPOCH, "reader:docs/");
        user("oidc:anna", false, Instant.EPOCH, "writer:docs/anna/");
        assertThat(anna.may(Action.READ, "docs/x")).as("user disabled").isFalse();
        assertThat(anna.readableBelow("")).isEmpty();
        refused("is disabled", () -> authenticator.ofToken(OF_ISSUER));
    }

    @Test
    void aUserFromOutsideNeedNotBeKnown() {
        Caller anna = authenticator.ofToken(OF_ISSUER);
        assertThat(anna.readableBelow("")).isEmpty();
        assertThatThrownBy(() -> anna.require(Action.READ, "docs/x"))
                .hasMessage("user oidc:anna must not read 'docs/x'; nothing is granted to it or its groups yet."
                        + " An administrator can do so: craq grant add oidc:anna ROLE:PREFIX");
        user("group:engineers", true, Instant.EPOCH, "reader:docs/");
        assertThat(authenticator.ofToken(OF_ISSUER).may(Action.READ, "docs/x")).isTrue();
    }

    @Test
    void revokedTokensOfAUserFromOutsideAreRefusedByWhenTheyWereIssued() {
        user("oidc:anna", true, now, "reader:docs/");
        assertThat(authenticator.ofToken(OF_ISSUER).user()).isEqualTo("oidc:anna");
        user("oidc:anna", true, now.plusMillis(1), "reader:docs/");
        refused("were revoked", () -> authenticator.ofToken(OF_ISSUER));
        refused(
                "were revoked",
                () -> authenticator.ofSession("oidc:anna", Optional.empty(), List.of(), now, now.plusSeconds(60)));
    }

    @Test
    void groupsTravelWithTheTokenOfARedirect() {
        user("group:engineers", true, Instant.EPOCH, "reader:docs/");
        List<String> groups = authenticator.ofToken(OF_ISSUER).groups();
        String print = Tokens.fingerprint("GET", "/v1/files/docs/x", "");
        Tokens.Claims claims = new Tokens.Claims(
                CLUSTER,
                "oidc:anna",
                now,
                now.plusSeconds(60),
                UUID.randomUUID().toString(),
                Optional.empty(),
                Optional.of(print),
                groups);
        Caller redirected = authenticator.ofRequestToken(sign(claims), print);
        assertThat(redirected.groups()).containsExactly("group:engineers");
        assertThat(redirected.may(Action.READ, "docs/x")).isTrue();
        user("oidc:anna", true, now.plusSeconds(1), "reader:docs/");
        refused("was revoked", () -> authenticator.ofRequestToken(sign(claims), print));
    }

    @Test
    void asManyGroupsAreConsideredAsTheTokenOfARedirectHasRoomFor() {
        List<String> most = new ArrayList<>();
        for (int i = 0; i < 32; i++) {
            most.add(User.GROUP + "x".repeat(55) + (i + 10));
            user(most.get(i), true, Instant.EPOCH, "reader:docs/");
        }
        said = new Assertion("oidc:" + "y".repeat(58), most, now, now.plusSeconds(300));
        List<String> groups = authenticator.ofToken(OF_ISSUER).groups();
        assertThat(groups).hasSize(32);
        String print = Tokens.fingerprint("GET", "/v1/files/docs/x", "");
        String token = sign(new Tokens.Claims(
                CLUSTER,
                said.user(),
                now,
                now.plusSeconds(60),
                UUID.randomUUID().toString(),
                Optional.empty(),
                Optional.of(print),
                groups));
        assertThat(authenticator.ofRequestToken(token, print).groups()).hasSize(32);
        most.add(User.GROUP + "one-more");
        user(User.GROUP + "one-more", true, Instant.EPOCH, "reader:docs/");
        said = new Assertion("oidc:anna", most, now, now.plusSeconds(300));
        refused("only 32 can be considered", () -> authenticator.ofToken(OF_ISSUER));
    }

    @Test
    void noNameFromOutsideIsThatOfAnOwnUser() {
        for (String own : List.of("admin", "node/n1", "", "group:engineers", "a:", "Oidc:a", "oidc:a/b", "oidc:a b")) {
            assertThatThrownBy(() -> new Assertion(own, List.of(), now, now))
                    .as(own)
                    .isInstanceOf(IllegalArgumentException.class);
            refused("can't be used here", () -> authenticator.ofContainer(own));
        }
        for (String prefix : List.of("", ":", "oidc", "group:", "node/", "admin", "a:b", "OIDC:")) {
            assertThatThrownBy(() -> User.requirePrefix(prefix)).as(prefix).hasMessageContaining("a prefix");
        }
        assertThat(User.requirePrefix("oidc:")).isEqualTo("oidc:");
        assertThat(authenticator.ofContainer("container:admin").may(Action.READ, "docs/x"))
                .isFalse();
    }

    @Test
    void aRevocationHoldsForACallerThatIsKept() {
        Caller caller = authenticator.ofToken(sign(claims()));
        user("alice", true, Instant.EPOCH, "reader:pub/");
        assertThat(caller.may(Action.WRITE, "docs/x")).isFalse();
        assertThat(caller.may(Action.READ, "pub/x")).isTrue();
        user("alice", false, Instant.EPOCH, "reader:pub/");
        assertThat(caller.may(Action.READ, "pub/x")).isFalse();
    }

    @Test
    void passwordsAreKeptAsSlowHashes() {
        String kept = Passwords.hash("correct horse battery", RANDOM);
        assertThat(kept).doesNotContain("correct").startsWith("pbkdf2-sha256:600000:");
        assertThat(Passwords.matches("correct horse battery", kept)).isTrue();
        assertThat(Passwords.matches("correct horse batterz", kept)).isFalse();
        assertThat(Passwords.matches("x".repeat(10_000_000), kept)).isFalse();
        assertThatThrownBy(() -> Passwords.hash("short", RANDOM)).hasMessageContaining("12 to 256");
    }

    @Test
    void secretsDoNotShow() {
        AccessKey.Created created = AccessKey.create("alice", Optional.empty(), Optional.empty(), RANDOM);
        assertThat(created.toString()).doesNotContain(created.secret());
        assertThat(Authenticator.basic(basic("a", "secret")).orElseThrow()).hasToString("a");
        assertThat(created.key().secretHash()).hasSize(64);
        assertThat(AccessKey.isId(created.key().id())).isTrue();
    }
}
