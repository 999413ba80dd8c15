package org.craq.node.files;

import java.util.UUID;
import org.craq.core.replica.WriteId;

/** Write ids in the form in which callers send them: Idempotency-Key by HTTP, write_id by gRPC. */
public final class WriteIds {
    private WriteIds() {}

    /**
     * The id in the text; a random one when the text is empty, for callers that do not retry.
     *
     * @throws IllegalArgumentException when the text is no UUID
     */
    public static WriteId of(String text) {
        if (text.isEmpty()) {
            return new WriteId(UUID.randomUUID());
        }
        try {
            return new WriteId(UUID.fromString(text));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("a write id is a UUID; this is '" + text + "'", e);
        }
    }
}
