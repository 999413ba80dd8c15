package org.craq.core.file;

import java.util.Objects;
import java.util.UUID;

/** Identifies the content of one upload; its chunks are keyed by (content id, index) and never change. */
public record ContentId(UUID value) {
    public ContentId {
        Objects.requireNonNull(value);
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
