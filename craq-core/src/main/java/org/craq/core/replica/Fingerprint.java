package org.craq.core.replica;

/**
 * A 64-bit digest of a request's content, computed by the head. A write id belongs to one request: two requests with
 * the same id are retries of one request if their fingerprints agree, and different requests otherwise.
 */
public record Fingerprint(long value) {
    @Override
    public String toString() {
        return String.format("%016x", value);
    }
}
