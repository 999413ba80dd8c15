package org.craq.core.chain;

import java.util.Objects;
import java.util.UUID;

/**
 * One life of a node: a fresh id at each start, and whenever a running node finds that it has been removed from its
 * chain.
 */
public record Incarnation(UUID value) {
    public Incarnation {
        Objects.requireNonNull(value);
    }

    public static Incarnation parse(String text) {
        return new Incarnation(UUID.fromString(text));
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
