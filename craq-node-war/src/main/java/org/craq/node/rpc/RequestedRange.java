package org.craq.node.rpc;

import java.util.concurrent.CompletableFuture;
import org.craq.core.chain.NodeId;
import org.craq.core.file.Body;
import org.craq.node.files.FileStore;
import org.craq.node.files.RequestedFreshness;
import org.craq.node.files.UserNames;
import org.craq.node.metadata.FileRecord;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.Errors;
import org.craq.wire.v1.ReadHeader;
import org.craq.wire.v1.ReadRequest;

/**
 * The range of a file that a StreamRead requests, over gRPC or the content port.
 *
 * @param header the answer's header, which states the offset in the body of the first byte and the number of bytes
 */
record RequestedRange(ReadHeader.Builder header, Body body) {
    /**
     * Finds the file and the range. The result fails with a {@link CraqException}: RANGE_NOT_SATISFIABLE, or an error of
     * {@link FileStore#find}.
     *
     * @throws CraqException INVALID_ARGUMENT when the request is malformed
     */
    static CompletableFuture<RequestedRange> find(FileStore files, NodeId self, ReadRequest request) {
        return files.find(
                        Errors.valid(() -> UserNames.of(request.getName())),
                        Errors.valid(() -> FileMessages.version(request.hasVersion(), request.getVersion())),
                        Errors.valid(() -> RequestedFreshness.of(request.getFreshness())))
                .thenApply(answer -> new RequestedRange(
                        span(request, answer.value())
                                .setFile(FileMessages.info(answer.value(), files.clean(answer.value())))
                                .setAnswered(FileMessages.answered(self, answer)),
                        answer.value().body().orElseThrow()));
    }

    private static ReadHeader.Builder span(ReadRequest request, FileRecord file) {
        long length = file.body().orElseThrow().length();
        if (request.getOffset() < 0 || request.getOffset() > length || request.getLimit() < 0) {
            throw new CraqException(
                    ErrorCode.RANGE_NOT_SATISFIABLE,
                    "offset " + request.getOffset() + " is outside '" + file.name() + "', which has " + length
                            + " bytes");
        }
        long rest = length - request.getOffset();
        return ReadHeader.newBuilder()
                .setOffset(request.getOffset())
                .setLength(request.getLimit() == 0 ? rest : Math.min(rest, request.getLimit()));
    }

    long offset() {
        return header.getOffset();
    }

    long length() {
        return header.getLength();
    }
}
