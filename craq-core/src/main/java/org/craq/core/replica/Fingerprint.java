package org.craq.core.replica;

/**
 * What a request asks for, in 64 bits of a digest that the head makes. A write id belongs to one request: requests with the same id are
 * one request repeated if their fingerprints agree, and two requests otherwise.
 */
public record Fingerprint(long value) {
    @Override
    public String toString() {
        return String.format("%016x", value);
    }
}
