package org.craq.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.time.Instant;
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
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final KeyPair SIGNER = Tokens.newKeys();

    private final Map<String, User> users = new HashMap<>();
    private final Map<String, AccessKey> keys = new HashMap<>();
    private final Map<String, PublicKey> signers = new HashMap<>(Map.of("k1", SIGNER.getPublic()));
    private final Set<String> revoked = new HashSet<>();
    private Instant now = Instant.parse("2026-12-01T10:00:00Z");
    private final Authenticator authenticator = new Authenticator(this::rights, () -> now);

    AuthenticatorTest() {
        user("alice", true, Instant.EPOCH, "writer:docs/", "reader:pub/");
    }

    private Rights rights() {
        return new Rights(1, CLUSTER, users, keys, signers, revoked, List.of());
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
                Optional.empty());
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
                Optional.empty());
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
                Optional.empty()));
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
                Optional.of(print)));
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
