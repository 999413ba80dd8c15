package org.craq.node.files;

import java.util.UUID;
import org.craq.core.replica.WriteId;

/** Parses write ids as callers send them: Idempotency-Key in HTTP, write_id in gRPC. */
public final class WriteIds {
    private WriteIds() {}

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
