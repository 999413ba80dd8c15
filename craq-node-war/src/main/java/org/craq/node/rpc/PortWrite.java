package org.craq.node.rpc;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.craq.node.content.ComingChunk;
import org.craq.node.content.ContentHandler;
import org.craq.node.content.ContentMemory;
import org.craq.node.content.ServedConnection;
import org.craq.node.files.Appends;
import org.craq.node.files.FileStore;
import org.craq.node.files.FileWrites;
import org.craq.node.files.NewFile;
import org.craq.node.files.Upload;
import org.craq.node.files.UploadPermits;
import org.craq.wire.ContentFrame;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.v1.ContentReply;
import org.craq.wire.v1.ContentRequest;
import org.craq.wire.v1.NodeGrpc;
import org.craq.wire.v1.Receipt;
import org.craq.wire.v1.Turn;
import org.craq.wire.v1.WriteHeader;
import org.craq.wire.v1.WriteTrailer;

/** Writes at the content port. */
public final class PortWrite implements ContentHandler {
    /** How often a client that awaits its turn is told that others come first. */
    private static final long TELL_SECONDS = 5;

    private final FileWrites writes;
    private final Appends appends;
    private final UploadPermits longUploads;
    private final ContentMemory memory;

    public PortWrite(FileWrites writes, Appends appends, UploadPermits longUploads, ContentMemory memory) {
        this.writes = writes;
        this.appends = appends;
        this.longUploads = longUploads;
        this.memory = memory;
    }

    @Override
    public String method() {
        return NodeGrpc.getStreamWriteMethod().getFullMethodName();
    }

    @Override
    public void answer(ContentRequest request, ServedConnection connection) throws IOException {
        WriteHeader header = request.getWrite();
        NewFile file = FileMessages.newFile(header);
        writes.headDriver();
        try (OwnPermit turns = new OwnPermit()) {
            if (header.getAwaitsTurn()) {
                turns.await(connection);
                connection.holdsTurn();
            }
            Upload upload = header.getAppends() ? appends.upload(file, turns::take) : writes.upload(file, turns::take);
            WriteTrailer trailer = receive(connection, upload, turns);
            connection.working(true);
            Receipt receipt = FileStore.await(upload.finish(trailer.getLength(), trailer.getCrc32C())
                    .thenApply(outcome -> FileMessages.receipt(writes.done(file.name(), outcome))));
            connection.working(false);
            connection.put(ContentReply.newBuilder().setReceipt(receipt).build());
        }
    }

    /** Takes all pieces; when that fails the upload is abandoned. */
    private WriteTrailer receive(ServedConnection connection, Upload upload, OwnPermit turns) throws IOException {
        boolean done = false;
        try {
            while (true) {
                ContentFrame frame = connection.frame();
                if (frame.kind() == ContentFrame.Kind.MESSAGE) {
                    WriteTrailer trailer = connection.end(frame).getTrailer();
                    done = true;
                    return trailer;
                }
                if (frame.length() <= UploadPermits.SHORT_BYTES) {
                    // May have to outlast this call.
                    ByteBuffer bytes = ByteBuffer.allocate(frame.length());
                    connection.read(bytes);
                    upload.append(upload.length(), bytes.flip(), frame.crc32c());
                } else {
                    turns.take();
                    connection.holdsTurn();
                    try (ComingChunk chunk = new ComingChunk(memory, frame.length(), frame.crc32c())) {
                        upload.append(chunk, connection);
                    }
                }
                connection.working(true);
                upload.awaitReady();
                connection.working(false);
            }
        } finally {
            if (!done) {
                upload.abandon();
            }
        }
    }

    /** The turn of one write, which a long content needs. */
    private final class OwnPermit implements AutoCloseable {
        private Optional<UploadPermits.Turn> mine = Optional.empty();

        /** @throws CraqException OVERLOADED when it has not been awaited, and others are in front */
        UploadPermits.Turn take() {
            if (mine.isEmpty()) {
                mine = Optional.of(longUploads.takeNow());
            }
            return mine.get();
        }

        void await(ServedConnection connection) throws IOException {
            CountDownLatch come = new CountDownLatch(1);
            connection.working(true);
            mine = Optional.of(longUploads.take(come::countDown));
            try {
                while (!come.await(TELL_SECONDS, TimeUnit.SECONDS)) {
                    tell(connection, false);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CraqException(ErrorCode.NOT_SERVING, "the node is stopping", e);
            }
            connection.working(false);
            tell(connection, true);
        }

        private void tell(ServedConnection connection, boolean now) throws IOException {
            connection.put(ContentReply.newBuilder()
                    .setTurn(Turn.newBuilder().setCome(now))
                    .build());
            connection.flush();
        }

        @Override
        public void close() {
            mine.ifPresent(UploadPermits.Turn::close);
        }
    }
}
