package org.craq.server.oidc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jwt.JWTClaimsSet;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.craq.security.AccessException;
import org.craq.security.Assertion;
import org.craq.server.Settings;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which tokens of an issuer are accepted, and which forgeries are not. */
class OidcTokensTest {
    private static Issuer issuer;

    @TempDir
    private Path folder;

    private Instant now = Instant.parse("2026-12-01T10:00:00Z");
    private OidcTokens tokens;

    @BeforeAll
    static void makeKeys() {
        issuer = new Issuer("k1");
    }

    @BeforeEach
    void start() throws IOException {
        tokens = tokens(Map.of());
    }

    private OidcTokens tokens(Map<String, String> others) throws IOException {
        Path file = folder.resolve("jwks.json");
        Files.writeString(file, issuer.jwks());
        Map<String, String> settings = new HashMap<>(others);
        settings.put(OidcSettings.ISSUER, Issuer.NAME);
        settings.put(OidcSettings.JWKS, file.toString());
        OidcSettings read = OidcSettings.read(new Settings(settings::get), "c").orElseThrow();
        IssuerKeys keys = new IssuerKeys(read.keys(), System::nanoTime);
        keys.refresh();
        return new OidcTokens(read, keys, () -> now);
    }

    private JWTClaimsSet.Builder claims() {
        return Issuer.claims(now);
    }

    private static JWSHeader header() {
        return new JWSHeader.Builder(JWSAlgorithm.RS256)
                .keyID(issuer.rsa.getKeyID())
                .build();
    }

    private void refused(String why, String token) {
        assertThatThrownBy(() -> tokens.verify(token))
                .isInstanceOfSatisfying(AccessException.class, e -> assertThat(e.reason())
                        .isEqualTo(AccessException.Reason.UNAUTHENTICATED))
                .hasMessageContaining(why);
    }

    @Test
    void aTokenNamesItsUserAndGroups() {
        Assertion said = tokens.verify(issuer.token(claims().build()));
        assertThat(said)
                .isEqualTo(new Assertion(
                        "oidc:anna", List.of("group:engineers", "group:staff"), now, now.plusSeconds(300)));
    }

    @Test
    void theAlgorithmsAreAFewAsymmetricOnes() {
        String claims = claims().build().toString();
        for (JWSAlgorithm algorithm : List.of(JWSAlgorithm.RS256, JWSAlgorithm.PS256)) {
            JWSHeader header = new JWSHeader.Builder(algorithm)
                    .keyID(issuer.rsa.getKeyID())
                    .build();
            assertThat(tokens.verify(Issuer.token(header, issuer.rsa, claims)).user())
                    .isEqualTo("oidc:anna");
        }
        JWSHeader ec = new JWSHeader.Builder(JWSAlgorithm.ES256)
                .keyID(issuer.ec.getKeyID())
                .type(new JOSEObjectType("at+jwt"))
                .build();
        assertThat(tokens.verify(Issuer.token(ec, issuer.ec, claims)).user()).isEqualTo("oidc:anna");
        JWSHeader rs512 = new JWSHeader.Builder(JWSAlgorithm.RS512)
                .keyID(issuer.rsa.getKeyID())
                .build();
        refused("its algorithm is RS512", Issuer.token(rs512, issuer.rsa, claims));
    }

    @Test
    void unsignedTokensAreRefused() {
        String claims = claims().build().toString();
        for (String algorithm : List.of("none", "None", "NONE", "nOnE", "")) {
            String header = encode("{\"alg\":\"" + algorithm + "\",\"kid\":\"k1-rsa\"}");
            for (String signature : List.of("", "AA", encode("x".repeat(256)))) {
                refused("", header + "." + encode(claims) + "." + signature);
            }
        }
        String[] parts = issuer.token(claims().build()).split("\\.", -1);
        refused("", parts[0] + "." + parts[1] + ".");
        refused("", parts[0] + "." + parts[1]);
        refused("", parts[0] + "." + encode(claims.replace("anna", "admin")) + "." + parts[2]);
    }

    @Test
    void aPublicKeyIsNoSecret() throws Exception {
        byte[] der = issuer.rsa.toRSAKey().toPublicKey().getEncoded();
        String pem = "-----BEGIN PUBLIC KEY-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END PUBLIC KEY-----\n";
        JWSHeader header = new JWSHeader.Builder(JWSAlgorithm.HS256)
                .keyID(issuer.rsa.getKeyID())
                .build();
        for (byte[] secret : List.of(
                der,
                pem.getBytes(StandardCharsets.US_ASCII),
                issuer.rsa.toPublicJWK().toJSONString().getBytes(StandardCharsets.US_ASCII))) {
            OctetSequenceKey key = new OctetSequenceKey.Builder(secret).build();
            refused(
                    "its algorithm is HS256",
                    Issuer.token(header, key, claims().build().toString()));
        }
    }

    @Test
    void keysComeFromTheIssuerOnly() {
        Issuer forger = new Issuer("k1");
        String claims = claims().build().toString();
        JWSHeader.Builder header = new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(issuer.rsa.getKeyID());
        refused("", Issuer.token(header.build(), forger.rsa, claims));
        refused("", Issuer.token(header.jwk(forger.rsa.toPublicJWK()).build(), forger.rsa, claims));
        refused(
                "",
                Issuer.token(
                        header.jwkURL(URI.create("http://127.0.0.1:1/jwks")).build(), forger.rsa, claims));
        refused(
                "",
                Issuer.token(
                        header.x509CertURL(URI.create("http://127.0.0.1:1/x")).build(), forger.rsa, claims));
        JWSHeader critical = new JWSHeader.Builder(JWSAlgorithm.RS256)
                .keyID(issuer.rsa.getKeyID())
                .criticalParams(Set.of("exp"))
                .customParam("exp", 1)
                .build();
        refused("", Issuer.token(critical, issuer.rsa, claims));
        assertThat(tokens.verify(Issuer.token(
                                new JWSHeader.Builder(header())
                                        .jwk(forger.rsa.toPublicJWK())
                                        .jwkURL(URI.create("http://127.0.0.1:1/jwks"))
                                        .build(),
                                issuer.rsa,
                                claims))
                        .user())
                .as("such headers are ignored")
                .isEqualTo("oidc:anna");
    }

    @Test
    void aKeyIdIsComparedAndNothingElse() {
        Issuer forger = new Issuer("k2");
        for (String kid : List.of("../../../../dev/null", "/etc/passwd", "http://127.0.0.1:1/k", "' OR '1'='1", "")) {
            JWSHeader header =
                    new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(kid).build();
            refused("", Issuer.token(header, forger.rsa, claims().build().toString()));
        }
    }

    @Test
    void aTokenIsForThisClusterAndOfThisIssuer() {
        refused("aud claim", issuer.token(claims().audience("another-cluster").build()));
        refused("aud claim", issuer.token(claims().audience((String) null).build()));
        refused("iss claim", issuer.token(claims().issuer(Issuer.NAME + "/").build()));
        refused("[iss]", issuer.token(claims().issuer(null).build()));
        refused(
                "iss claim",
                issuer.token(claims().issuer("https://evil.example").build()));
    }

    @Test
    void aTokenHasItsTime() {
        String token = issuer.token(claims().build());
        Instant began = now;
        now = began.plusSeconds(299);
        assertThat(tokens.verify(token).user()).isEqualTo("oidc:anna");
        now = began.plusSeconds(300);
        refused("expired", token);
        now = began.plusSeconds(10_000);
        refused("xpired", token);
        now = began;
        refused("[exp]", issuer.token(claims().expirationTime(null).build()));
        refused("[iat]", issuer.token(claims().issueTime(null).build()));
        Date soon = Date.from(now.plusSeconds(59));
        Date later = Date.from(now.plusSeconds(62));
        assertThat(tokens.verify(issuer.token(
                                claims().issueTime(soon).notBeforeTime(soon).build()))
                        .user())
                .as("small differences of the clocks")
                .isEqualTo("oidc:anna");
        refused("before use time", issuer.token(claims().notBeforeTime(later).build()));
        refused("in the future", issuer.token(claims().issueTime(later).build()));
    }

    @Test
    void aTokenNamesOneUserInOneWay() {
        String text = claims().build().toString();
        String twice = text.substring(0, text.length() - 1) + ",\"sub\":\"admin\"}";
        refused("duplicate", Issuer.token(header(), issuer.rsa, twice));
        refused("duplicate", Issuer.token(header(), issuer.rsa, "{\"sub\":\"admin\"," + text.substring(1)));
        refused("duplicate", Issuer.token(header(), issuer.rsa, "[]"));
        String[] parts = issuer.token(claims().build()).split("\\.", -1);
        String header = encode("{\"alg\":\"none\",\"alg\":\"RS256\",\"kid\":\"k1-rsa\"}");
        refused("duplicate", header + "." + parts[1] + "." + parts[2]);
        refused("claim 'sub'", issuer.token(claims().subject(null).build()));
        refused("claim 'sub'", issuer.token(claims().subject("").build()));
        refused(
                "sub claim",
                issuer.token(
                        claims().subject(null).claim("sub", List.of("admin")).build()));
    }

    @Test
    void noTokenNamesAnOwnUser() {
        for (String name : List.of("admin", "group:admins", "node:n1")) {
            assertThat(tokens.verify(issuer.token(claims().subject(name).build()))
                            .user())
                    .isEqualTo("oidc:" + name);
        }
        for (String name : List.of("node/n1", "../admin", "a b", "ann\u00e4", "a\"b", "a\nb", "x".repeat(59))) {
            refused("name of a user", issuer.token(claims().subject(name).build()));
        }
        refused("", issuer.token(claims().issuer("c").subject("admin").build()));
    }

    @Test
    void claimsAndPrefixCanBeChosen() throws IOException {
        OidcTokens chosen = tokens(Map.of(
                OidcSettings.USER_CLAIM, "email",
                OidcSettings.USER_PREFIX, "corp:",
                OidcSettings.GROUPS_CLAIM, "roles",
                OidcSettings.AUDIENCE, "store"));
        JWTClaimsSet claims = claims().audience("store")
                .claim("email", "anna@example.org")
                .claim("roles", "writers")
                .build();
        assertThat(chosen.verify(issuer.token(claims)))
                .isEqualTo(new Assertion("corp:anna@example.org", List.of("group:writers"), now, now.plusSeconds(300)));
    }

    @Test
    void whatIsNoTokenIsRefused() {
        for (String wrong : List.of("", ".", "..", "a.b.c", "e30.e30.", "e30.e30.AA", "x".repeat(1 << 20))) {
            refused("", wrong);
        }
        String large = issuer.token(claims().claim("x", "x".repeat(1 << 20)).build());
        refused("longer than 8192", large);
        String deep = "{\"x\":" + "[".repeat(2000) + "]".repeat(2000) + "}";
        refused("not a token", encode("{\"alg\":\"RS256\"}") + "." + encode(deep) + ".AA");
    }

    @Test
    void settingsAreChecked() {
        assertThat(OidcSettings.read(new Settings(name -> null), "c")).isEmpty();
        wrong("belong together", Map.of(OidcSettings.ISSUER, Issuer.NAME));
        wrong("belong together", Map.of(OidcSettings.JWKS, "jwks.json"));
        for (String url :
                List.of("http://issuer.example/jwks", "https://", "https://a:b@issuer.example/", "http:// /")) {
            wrong(OidcSettings.JWKS, Map.of(OidcSettings.ISSUER, Issuer.NAME, OidcSettings.JWKS, url));
        }
        wrong(
                OidcSettings.USER_PREFIX,
                Map.of(
                        OidcSettings.ISSUER, Issuer.NAME,
                        OidcSettings.JWKS, "jwks.json",
                        OidcSettings.USER_PREFIX, "admin"));
    }

    private static void wrong(String message, Map<String, String> settings) {
        assertThatThrownBy(() -> OidcSettings.read(new Settings(settings::get), "c"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void withoutKeysTheCallerIsAskedToRepeat() {
        OidcSettings settings = OidcSettings.read(
                        new Settings(Map.of(
                                OidcSettings.ISSUER,
                                Issuer.NAME,
                                OidcSettings.JWKS,
                                folder.resolve("none").toString())::get),
                        "c")
                .orElseThrow();
        OidcTokens without = new OidcTokens(settings, new IssuerKeys(settings.keys(), System::nanoTime), () -> now);
        assertThatThrownBy(() -> without.verify(issuer.token(claims().build())))
                .isInstanceOfSatisfying(
                        CraqException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_SERVING));
    }

    private static String encode(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
