package org.craq.node.rpc;

import org.craq.node.files.IncomingWrite;
import org.craq.node.files.NewFile;
import org.craq.node.files.WholeWrite;
import org.craq.node.uploads.ResumableWrite;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.v1.WriteHeader;

/** Begins the writes that clients send over gRPC or the content port. Thread-safe. */
public record WriteReceiver(WholeWrite.Receiver whole, ResumableWrite.Receiver resumable) {
    /**
     * Begins the kind of write that the header asks for.
     *
     * @param user who writes; empty if security is off
     * @throws CraqException INVALID_ARGUMENT when the header is invalid
     */
    IncomingWrite begin(WriteHeader header, String user) {
        NewFile file = FileMessages.newFile(header, user);
        if (!header.hasResumableLength()) {
            return whole.begin(file, header.getAppends(), user);
        }
        if (header.getAppends()
                || !header.getAwaitsTurn()
                || header.getWriteId().isEmpty()) {
            throw new CraqException(
                    ErrorCode.INVALID_ARGUMENT,
                    "a resumable write must have a write_id, must wait for its turn, and can't append");
        }
        return resumable.begin(file, header.getResumableLength(), user);
    }

    /** Discards a write whose trailer says so, and returns the answer to its client. */
    static CraqException discarded(IncomingWrite write) {
        write.discard();
        return new CraqException(ErrorCode.UPLOAD_ABANDONED, "the upload was discarded, as its client wanted");
    }
}
