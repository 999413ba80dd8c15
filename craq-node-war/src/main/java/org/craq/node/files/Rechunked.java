package org.craq.node.files;

import java.nio.ByteBuffer;
import org.craq.core.file.Body;

/** Passes bytes that come in pieces of any length to an upload, in chunks of its size. Used by one thread. */
public final class Rechunked {
    private final Upload upload;
    private final Runnable onProgress;
    private ByteBuffer chunk;

    /** @param onProgress called after each whole chunk */
    public Rechunked(Upload upload, Runnable onProgress) {
        this.upload = upload;
        this.onProgress = onProgress;
        this.chunk = ByteBuffer.allocate(upload.chunkSize());
    }

    /** All bytes of a body; those on this node that are damaged come from another member. */
    public void add(Contents contents, Body body) {
        try (Contents.Range range = contents.range(body, 0, body.length())) {
            while (range.hasNext()) {
                add(range.next().bytes());
            }
        }
    }

    /** Bytes, which are copied. */
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

    /** What is left is the last chunk. */
    public void end() {
        if (chunk.position() > 0) {
            upload.append(chunk.flip());
        }
    }
}
