package org.craq.node.uploads;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Map;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/** The header Upload-Checksum: an algorithm and the digest of one request's body in Base64. */
public final class PartChecksum {
    /** Supported algorithms, as announced in the answer to OPTIONS. */
    public static final String ALGORITHMS = "sha1,sha256,sha512,md5";

    private static final Map<String, String> NAMES =
            Map.of("sha1", "SHA-1", "sha256", "SHA-256", "sha512", "SHA-512", "md5", "MD5");

    private final String algorithm;
    private final byte[] announced;
    private final MessageDigest running;

    private PartChecksum(String algorithm, byte[] announced, MessageDigest running) {
        this.algorithm = algorithm;
        this.announced = announced;
        this.running = running;
    }

    /**
     * Parses the header.
     *
     * @throws IllegalArgumentException with a message that states the violated rule
     */
    public static PartChecksum parse(String header) {
        String[] parts = header.strip().split(" +", -1);
        String name = NAMES.get(parts[0]);
        if (parts.length != 2 || name == null) {
            throw new IllegalArgumentException("Upload-Checksum must be an algorithm (" + ALGORITHMS
                    + "), a space and the digest in Base64; it is '" + header + "'");
        }
        try {
            return new PartChecksum(parts[0], Base64.getDecoder().decode(parts[1]), MessageDigest.getInstance(name));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has " + name, e);
        }
    }

    void update(ByteBuffer bytes) {
        running.update(bytes.duplicate());
    }

    /** Compares the digest with the announced one, once at the end; throws PART_CHECKSUM_MISMATCH if they differ. */
    void check() {
        if (!MessageDigest.isEqual(running.digest(), announced)) {
            throw new CraqException(
                    ErrorCode.PART_CHECKSUM_MISMATCH,
                    "the body's " + algorithm + " differs from the one in Upload-Checksum; none of it was kept");
        }
    }
}
