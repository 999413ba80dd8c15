package org.craq.cluster.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;

/** A file of random bytes, which can't be compressed on the way; deleted when closed, or when the process ends. */
record RandomFile(Path path) implements AutoCloseable {
    private static final int MEBIBYTES = 64;

    static RandomFile in(Path folder) throws IOException {
        Path path = Files.createTempFile(folder, "demo-", ".bin");
        path.toFile().deleteOnExit();
        SplittableRandom random = new SplittableRandom();
        byte[] block = new byte[1 << 20];
        try (OutputStream out = Files.newOutputStream(path)) {
            for (int i = 0; i < MEBIBYTES; i++) {
                random.nextBytes(block);
                out.write(block);
            }
        }
        return new RandomFile(path);
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(path);
    }
}
