package org.craq.node.uploads;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/**
 * Lets one request at a time write to an upload on this node. This is a courtesy to clients: if two nodes, or two incarnations of one,
 * let requests write at the same time, the conditions of their log entries decide.
 */
final class UploadLocks {
    private final Map<UploadId, PartWriter> writers = new ConcurrentHashMap<>();
    private final Supplier<PartWriter> makes;

    UploadLocks(Supplier<PartWriter> makes) {
        this.makes = makes;
    }

    /** Locks an upload, taking over from a writer whose client is silent; throws UPLOAD_LOCKED while another one is writing. */
    PartWriter take(UploadId id) {
        PartWriter mine = makes.get();
        while (true) {
            PartWriter other = writers.putIfAbsent(id, mine);
            if (other == null) {
                return mine;
            }
            end(id, other);
        }
    }

    /** Stores the bytes of a silent writer, so that they count in the offset; throws UPLOAD_LOCKED as {@link #take} does. */
    void settle(UploadId id) {
        Optional.ofNullable(writers.get(id)).ifPresent(writer -> end(id, writer));
    }

    private void end(UploadId id, PartWriter writer) {
        if (writer.busy()) {
            throw new CraqException(
                    ErrorCode.UPLOAD_LOCKED, "another request is writing to this upload; retry when it has ended");
        }
        try {
            writer.takeOver();
        } finally {
            release(id, writer);
        }
    }

    /** Ends the current writer, if any, and discards its current part. */
    void stop(UploadId id) {
        Optional.ofNullable(writers.remove(id)).ifPresent(PartWriter::abandon);
    }

    /** Unlocks an upload. Returns false if the writer does not hold it any more. */
    boolean release(UploadId id, PartWriter writer) {
        return writers.remove(id, writer);
    }
}
