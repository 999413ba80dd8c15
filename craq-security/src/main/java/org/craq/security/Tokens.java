package org.craq.security;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tokens: JSON Web Signatures (RFC 7515) with Ed25519 (RFC 8037). A manager signs them, every server verifies them with
 * the manager's public key. A token is read only after its signature was verified, and the algorithm never follows from
 * the token: the only header that is accepted is the one that is written here.
 */
public final class Tokens {
    private static final String ALGORITHM = "Ed25519";
    private static final int LONGEST = 4096;
    /** The characters need no escape in JSON. */
    private static final String USER = "[A-Za-z0-9._@:+|=~-]{1,63}";

    /** What every token begins with: its algorithm, of which only this cluster's managers make use. */
    private static final String OWN = encode("{\"alg\":\"EdDSA\",");

    private static final Pattern HEADER =
            Pattern.compile("\\{\"alg\":\"EdDSA\",\"typ\":\"JWT\",\"kid\":\"([A-Za-z0-9-]{1,64})\"}");
    private static final Pattern CLAIMS = Pattern.compile("\\{\"iss\":\"([A-Za-z0-9._-]{1,63})\","
            + "\"sub\":\"(" + USER + ")\",\"iat\":([0-9]{1,12}),\"exp\":([0-9]{1,12}),\"jti\":\"([0-9a-f-]{36})\""
            + "(?:,\"key\":\"(CK[A-Z2-7]{18})\")?(?:,\"req\":\"([A-Za-z0-9_-]{43})\")?"
            + "(?:,\"groups\":\\[(\"" + USER + "\"(?:,\"" + USER + "\")*)])?}");

    private Tokens() {}

    /**
     * What a token says.
     *
     * @param cluster in which it is valid
     * @param issued in whole seconds
     * @param expires in whole seconds; not accepted from then on
     * @param id a UUID, by which the token can be revoked
     * @param key the access key that it was issued for; its limits apply, and it ends with the key
     * @param request fingerprint of the only request that it allows; empty if it allows any
     * @param groups of a user from outside, as far as they have grants here
     * @see #fingerprint
     */
    public record Claims(
            String cluster,
            String user,
            Instant issued,
            Instant expires,
            String id,
            Optional<String> key,
            Optional<String> request,
            List<String> groups) {
        /** Copies the groups. */
        public Claims {
            groups = List.copyOf(groups);
        }

        private String json() {
            return "{\"iss\":\"" + cluster + "\",\"sub\":\"" + user + "\",\"iat\":" + issued.getEpochSecond()
                    + ",\"exp\":" + expires.getEpochSecond() + ",\"jti\":\"" + id + "\""
                    + key.map(value -> ",\"key\":\"" + value + "\"").orElse("")
                    + request.map(value -> ",\"req\":\"" + value + "\"").orElse("")
                    + (groups.isEmpty() ? "" : ",\"groups\":[\"" + String.join("\",\"", groups) + "\"]") + "}";
        }
    }

    /** Looks up the public key that has an id. */
    public interface PublicKeys {
        /** Returns the key; empty if it is unknown or no longer accepted. */
        Optional<PublicKey> key(String id);
    }

    /** Creates a key pair for signing. */
    public static KeyPair newKeys() {
        try {
            return KeyPairGenerator.getInstance(ALGORITHM).generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK can't make Ed25519 keys: " + e.getMessage(), e);
        }
    }

    /**
     * Reads a public key in its X.509 form.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static PublicKey publicKey(byte[] encoded) {
        try {
            return KeyFactory.getInstance(ALGORITHM).generatePublic(new X509EncodedKeySpec(encoded));
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("this is no public key of Ed25519: " + e.getMessage(), e);
        }
    }

    /**
     * Signs a token.
     *
     * @param keyId under which other servers find the public key; letters, digits and hyphens
     */
    public static String sign(Claims claims, String keyId, PrivateKey key) {
        String text =
                encode("{\"alg\":\"EdDSA\",\"typ\":\"JWT\",\"kid\":\"" + keyId + "\"}") + "." + encode(claims.json());
        try {
            Signature signature = Signature.getInstance(ALGORITHM);
            signature.initSign(key);
            signature.update(text.getBytes(StandardCharsets.US_ASCII));
            return text + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a token could not be signed: " + e.getMessage(), e);
        }
    }

    /** Returns whether a text looks like a token of CRAQ, and not like one of another issuer. */
    static boolean isOwn(String token) {
        return token.startsWith(OWN);
    }

    /**
     * Verifies the signature of a token and reads it. Does not ask whether it has expired or was revoked.
     *
     * @throws AccessException UNAUTHENTICATED if it is not a token, or no known key has signed it
     */
    public static Claims verify(String token, PublicKeys keys) {
        String[] parts = token.length() > LONGEST ? new String[0] : token.split("\\.", -1);
        if (parts.length != 3) {
            throw AccessException.unauthenticated("this is not a token of CRAQ");
        }
        try {
            Matcher header = HEADER.matcher(decode(parts[0]));
            if (!header.matches()) {
                throw AccessException.unauthenticated("this is not a token of CRAQ");
            }
            PublicKey key = keys.key(header.group(1))
                    .orElseThrow(() -> AccessException.unauthenticated(
                            "the token was signed with a key that is not in use here; get a new token"));
            Signature signature = Signature.getInstance(ALGORITHM);
            signature.initVerify(key);
            signature.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
            if (!signature.verify(Base64.getUrlDecoder().decode(parts[2]))) {
                throw AccessException.unauthenticated("the token's signature is wrong; get a new token");
            }
            return claims(decode(parts[1]));
        } catch (IllegalArgumentException | GeneralSecurityException e) {
            throw AccessException.unauthenticated("this is not a token of CRAQ");
        }
    }

    private static Claims claims(String json) {
        Matcher claims = CLAIMS.matcher(json);
        if (!claims.matches()) {
            throw AccessException.unauthenticated("the token is of another version; get a new one");
        }
        return new Claims(
                claims.group(1),
                claims.group(2),
                Instant.ofEpochSecond(Long.parseLong(claims.group(3))),
                Instant.ofEpochSecond(Long.parseLong(claims.group(4))),
                claims.group(5),
                Optional.ofNullable(claims.group(6)),
                Optional.ofNullable(claims.group(7)),
                claims.group(8) == null
                        ? List.of()
                        : List.of(claims.group(8).replace("\"", "").split(",")));
    }

    /**
     * Returns the fingerprint of a request, for a token that allows only this one.
     *
     * @param method in upper case; a token for GET also allows HEAD
     * @param path raw, as it is sent
     * @param query raw, as it is sent, without the token itself; empty if there is none
     */
    public static String fingerprint(String method, String path, String query) {
        String same = method.equals("HEAD") ? "GET" : method;
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(Digests.sha256(same + "\n" + path + "\n" + query));
    }

    private static String encode(String json) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }

    private static String decode(String part) {
        return new String(Base64.getUrlDecoder().decode(part), StandardCharsets.UTF_8);
    }
}
