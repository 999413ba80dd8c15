package org.craq.core.replica;

import java.util.Objects;
import java.util.UUID;

/** A client-chosen id of a write; requests with the same id are the same write, however often they are sent. */
public record WriteId(UUID value) {
    public WriteId {
        Objects.requireNonNull(value);
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
