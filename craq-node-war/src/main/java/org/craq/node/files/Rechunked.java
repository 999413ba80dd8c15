package org.craq.node.files;

import java.nio.ByteBuffer;
import org.craq.core.file.Body;

/** Regroups bytes of any length into chunks of an upload's chunk size and appends them to it. Not thread-safe. */
public final class Rechunked {
    private final Upload upload;
    private final Runnable onProgress;
    private ByteBuffer chunk;

    /**
     * Appends to the given upload.
     *
     * @param onProgress called after each whole chunk
     */
    public Rechunked(Upload upload, Runnable onProgress) {
        this.upload = upload;
        this.onProgress = onProgress;
        this.chunk = ByteBuffer.allocate(upload.chunkSize());
    }

    /** Adds all bytes of a body; chunks that are damaged on this node are read from another member. */
    public void add(Contents contents, Body body) {
        try (Contents.Range range = contents.range(body, 0, body.length())) {
            while (range.hasNext()) {
                add(range.next().bytes());
            }
        }
    }

    /** Adds bytes, which are copied. */
    public void add(ByteBuffer bytes) {
        while (bytes.hasRemaining()) {
            int count = Math.min(bytes.remaining(), chunk.remaining());
            chunk.put(bytes.slice().limit(count));
            bytes.position(bytes.position() + count);
            if (!chunk.hasRemaining()) {
                upload.append(chunk.flip());
                chunk = ByteBuffer.allocate(upload.chunkSize());
                upload.awaitReady();
                onProgress.run();
            }
        }
    }

    /** Appends the remaining bytes, if any, as the last chunk. */
    public void end() {
        if (chunk.position() > 0) {
            upload.append(chunk.flip());
        }
    }
}
