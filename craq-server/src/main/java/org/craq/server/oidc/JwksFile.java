package org.craq.server.oidc;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;

/** Keys in a file, which may be replaced at any time. */
record JwksFile(Path file) implements JwksSource {
    private static final Duration PERIOD = Duration.ofSeconds(10);

    @Override
    public byte[] read() throws IOException {
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw new IOException(file + " is larger than " + MOST_BYTES + " bytes");
            }
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new IOException("there is no file " + file, e);
        }
    }

    @Override
    public Duration period() {
        return PERIOD;
    }

    @Override
    public String toString() {
        return file.toString();
    }
}
