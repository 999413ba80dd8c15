package org.craq.node.uploads;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/**
 * One request at a time writes to an upload on this node. That is a courtesy to clients: should two nodes or two lives of one let
 * somebody write, the conditions in the log decide.
 */
final class UploadLocks {
    private final Map<UploadId, PartWriter> writers = new ConcurrentHashMap<>();
    private final Supplier<PartWriter> makes;

    UploadLocks(Supplier<PartWriter> makes) {
        this.makes = makes;
    }

    /** Raises UPLOAD_LOCKED while somebody else writes. A writer whose client is silent loses its turn. */
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

    /** What a silent writer has brought is kept, so that it counts; raises UPLOAD_LOCKED as {@link #take}. */
    void settle(UploadId id) {
        Optional.ofNullable(writers.get(id)).ifPresent(writer -> end(id, writer));
    }

    private void end(UploadId id, PartWriter writer) {
        if (writer.busy()) {
            throw new CraqException(
                    ErrorCode.UPLOAD_LOCKED, "another request is writing to this upload; repeat when it has ended");
        }
        try {
            writer.takeOver();
        } finally {
            release(id, writer);
        }
    }

    /** Whoever writes loses its turn and what it has brought. */
    void stop(UploadId id) {
        Optional.ofNullable(writers.remove(id)).ifPresent(PartWriter::abandon);
    }

    void release(UploadId id, PartWriter writer) {
        writers.remove(id, writer);
    }
}
