package org.craq.node.files;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;
import org.craq.core.replica.WriteId;

/** Parses write ids as callers send them: Idempotency-Key in HTTP, write_id in gRPC. */
public final class WriteIds {
    private WriteIds() {}

    /**
     * Returns the id of a user's write. Each user has ids of its own: an id that another one has used is new.
     *
     * @param user empty if security is off; the id is then used as it is
     * @throws IllegalArgumentException when the text is not a UUID
     */
    public static WriteId of(String text, String user) {
        WriteId id = of(text);
        if (user.isEmpty()) {
            return id;
        }
        ByteBuffer digest = ByteBuffer.wrap(sha256(user + "\n" + id.value()));
        return new WriteId(new UUID(digest.getLong(), digest.getLong()));
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JDK lacks SHA-256", e);
        }
    }

    /**
     * Returns the id in the text, or a random one when the text is empty, for callers that do not retry.
     *
     * @throws IllegalArgumentException when the text is not a UUID
     */
    public static WriteId of(String text) {
        if (text.isEmpty()) {
            return new WriteId(UUID.randomUUID());
        }
        try {
            return new WriteId(UUID.fromString(text));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("a write id must be a UUID; this is '" + text + "'", e);
        }
    }
}
