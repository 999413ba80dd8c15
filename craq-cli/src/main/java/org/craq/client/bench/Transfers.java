package org.craq.client.bench;

import java.io.IOException;
import java.io.OutputStream;
import java.util.function.LongConsumer;
import org.craq.client.CraqClient;
import org.craq.client.FileVersion;
import org.craq.client.GetOptions;
import org.craq.client.PutOptions;
import org.craq.client.Receipt;

/** How the bytes of a measurement's files reach the cluster and come back. Thread-safe. */
interface Transfers {
    /** A file that is durable on every member. */
    record Written(FileVersion version, long length) {}

    /**
     * Writes a file whose content is the first bytes of its name's {@link Pattern}.
     *
     * @param progress gets the number of bytes sent so far
     */
    Written write(String name, long size, LongConsumer progress) throws IOException;

    /** Reads a whole file. */
    void read(String name, OutputStream target, LongConsumer progress) throws IOException;

    void readRange(String name, long offset, int bytes, OutputStream target) throws IOException;

    /**
     * Uses the Java client, which also verifies the checksum of what it reads.
     *
     * @param chunkSize bytes of each chunk of the files that are written
     */
    static Transfers byClient(CraqClient client, int chunkSize) {
        return new Transfers() {
            @Override
            public Written write(String name, long size, LongConsumer progress) throws IOException {
                PutOptions options =
                        PutOptions.defaults().withProgress(progress).withChunkSize(chunkSize);
                Receipt receipt = client.put(name, Pattern.of(name).read(size), options);
                return new Written(receipt.version(), receipt.length());
            }

            @Override
            public void read(String name, OutputStream target, LongConsumer progress) throws IOException {
                client.get(name, target, GetOptions.defaults().withProgress(progress));
            }

            @Override
            public void readRange(String name, long offset, int bytes, OutputStream target) throws IOException {
                client.get(name, target, GetOptions.defaults().withRange(offset, bytes));
            }
        };
    }
}
