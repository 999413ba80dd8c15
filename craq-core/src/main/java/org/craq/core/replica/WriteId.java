package org.craq.core.replica;

import java.util.Objects;
import java.util.UUID;

/** Chosen by the client; the same id is the same write, however often it is sent. */
public record WriteId(UUID value) {
    public WriteId {
        Objects.requireNonNull(value);
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
