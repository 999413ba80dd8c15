package org.craq.client.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The SHA-256, size and duration of a transfer, which commands show of a copy that they have read. */
public record Sha256(String hex, long bytes, long nanos) {
    /** Writes content into the given stream. */
    @FunctionalInterface
    public interface Transfer {
        void into(OutputStream target) throws IOException, InterruptedException;
    }

    /** Computes the digest of a transfer, without keeping the content. */
    public static Sha256 of(Transfer transfer) throws IOException, InterruptedException {
        Counter counter = new Counter();
        MessageDigest digest = digest();
        long begin = System.nanoTime();
        try (DigestOutputStream target = new DigestOutputStream(counter, digest)) {
            transfer.into(target);
        }
        return new Sha256(HexFormat.of().formatHex(digest.digest()), counter.bytes, System.nanoTime() - begin);
    }

    /** Returns the duration, which is never 0, so that a rate can be computed. */
    public double seconds() {
        return Math.max(nanos, 1) / 1e9;
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static final class Counter extends OutputStream {
        private long bytes;

        @Override
        public void write(int value) {
            bytes++;
        }

        @Override
        public void write(byte[] block, int from, int length) {
            bytes += length;
        }
    }
}
