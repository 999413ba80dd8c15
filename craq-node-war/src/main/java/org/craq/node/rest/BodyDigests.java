package org.craq.node.rest;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/**
 * Digests of a body (RFC 9530), computed while it is read. Digests that the sender announced are compared, and those that it wants
 * are returned. Bodies are stored without any encoding, so Content-Digest and Repr-Digest of a body are equal. Algorithms other than
 * sha-256 and sha-512 are ignored, as the RFC requires; only requested digests are computed. Not thread-safe.
 */
final class BodyDigests {
    static final String CONTENT = "Content-Digest";
    static final String REPRESENTATION = "Repr-Digest";
    static final String WANT = "Want-Repr-Digest";
    /** Defined in RFC 1864 and dropped from HTTP, but still sent by clients. */
    static final String CONTENT_MD5 = "Content-MD5";

    private static final String MD5 = "md5";
    private static final int MD5_BYTES = 16;
    private static final Map<String, String> ALGORITHMS = Map.of("sha-256", "SHA-256", "sha-512", "SHA-512");
    private static final Pattern COMMA = Pattern.compile(",");
    private static final Pattern DIGEST = Pattern.compile("([a-z*][a-z0-9_.*-]*)=:([A-Za-z0-9+/=]*):");
    private static final Pattern WISH = Pattern.compile("([a-z*][a-z0-9_.*-]*)=([0-9]|10)");

    /** An announced digest, in canonical Base64. */
    private record Announced(String header, String algorithm, String value) {}

    private final List<Announced> announced = new ArrayList<>();
    private final Map<String, MessageDigest> running = new LinkedHashMap<>();

    /**
     * Parses a request's headers; an absent one is passed as an empty text.
     *
     * @throws IllegalArgumentException with a message that names the malformed header
     */
    static BodyDigests of(String content, String representation, String want) {
        BodyDigests digests = new BodyDigests();
        digests.announce(CONTENT, content);
        digests.announce(REPRESENTATION, representation);
        for (String wish : members(want)) {
            Matcher matcher = matcher(WANT, WISH, wish, "sha-256=10");
            if (!matcher.group(2).equals("0")) {
                digests.run(matcher.group(1));
            }
        }
        return digests;
    }

    /**
     * Adds the digest of a Content-MD5 header; an absent one is passed as an empty text.
     *
     * @throws IllegalArgumentException when the value is not an MD5 digest in Base64
     */
    BodyDigests withMd5(String value) {
        if (!value.isEmpty()) {
            String digest = normal(CONTENT_MD5, value.strip());
            if (Base64.getDecoder().decode(digest).length != MD5_BYTES) {
                throw new IllegalArgumentException(CONTENT_MD5 + " must be the " + MD5_BYTES
                        + " bytes of the body's MD5 in Base64 (RFC 1864); it is '" + value + "'");
            }
            running.computeIfAbsent(MD5, BodyDigests::start);
            announced.add(new Announced(CONTENT_MD5, MD5, digest));
        }
        return this;
    }

    private void announce(String header, String value) {
        for (String member : members(value)) {
            Matcher matcher = matcher(header, DIGEST, member, "sha-256=:...:, the digest in Base64");
            if (run(matcher.group(1))) {
                announced.add(new Announced(header, matcher.group(1), normal(header, matcher.group(2))));
            }
        }
    }

    private static String normal(String header, String base64) {
        try {
            return base64(Base64.getDecoder().decode(base64));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(header + ": '" + base64 + "' is not Base64", e);
        }
    }

    private boolean run(String algorithm) {
        if (!ALGORITHMS.containsKey(algorithm)) {
            return false;
        }
        running.computeIfAbsent(algorithm, BodyDigests::start);
        return true;
    }

    private static MessageDigest start(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm.equals(MD5) ? "MD5" : ALGORITHMS.get(algorithm));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has " + algorithm.toUpperCase(Locale.ROOT), e);
        }
    }

    /** Splits a dictionary (RFC 8941 section 3.2) into its members and drops their parameters, as none is defined for them. */
    private static List<String> members(String value) {
        return COMMA.splitAsStream(value)
                .map(member -> member.replaceFirst(";.*", "").strip())
                .filter(member -> !member.isEmpty())
                .toList();
    }

    private static Matcher matcher(String header, Pattern form, String member, String example) {
        Matcher matcher = form.matcher(member);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    header + " must look like " + example + " (RFC 9530); it has '" + member + "'");
        }
        return matcher;
    }

    void update(byte[] bytes) {
        update(ByteBuffer.wrap(bytes));
    }

    /** Adds the remaining bytes of the buffer, whose position does not change. */
    void update(ByteBuffer bytes) {
        running.values().forEach(digest -> digest.update(bytes.duplicate()));
    }

    /** Returns the algorithms of the digests that are being computed. */
    Set<String> algorithms() {
        return Set.copyOf(running.keySet());
    }

    /** True when no digest is being computed. */
    boolean isEmpty() {
        return running.isEmpty();
    }

    /** Finishes the digests and returns them as a header value. */
    String header() {
        return finish().entrySet().stream()
                .map(digest -> digest.getKey() + "=:" + digest.getValue() + ":")
                .collect(Collectors.joining(", "));
    }

    /**
     * Finishes the digests and compares them with the announced ones.
     *
     * @return the digests in Base64, by algorithm
     * @throws CraqException CHECKSUM_MISMATCH when one differs from what was announced
     */
    Map<String, String> finish() {
        Map<String, String> values = new LinkedHashMap<>();
        running.forEach((algorithm, digest) -> values.put(algorithm, base64(digest.digest())));
        for (Announced each : announced) {
            String value = values.get(each.algorithm());
            if (!value.equals(each.value())) {
                throw new CraqException(
                        ErrorCode.CHECKSUM_MISMATCH,
                        "the body's " + each.algorithm() + " is " + value + ", but " + each.header() + " says "
                                + each.value() + "; nothing was written");
            }
        }
        return values;
    }

    private static String base64(byte[] value) {
        return Base64.getEncoder().encodeToString(value);
    }
}
