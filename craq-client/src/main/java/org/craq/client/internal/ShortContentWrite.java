package org.craq.client.internal;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.content.ContentConnection;
import org.craq.wire.content.ContentConnections;
import org.craq.wire.content.ContentFrame;
import org.craq.wire.v1.ContentEnd;
import org.craq.wire.v1.ContentReply;
import org.craq.wire.v1.ContentRequest;
import org.craq.wire.v1.Receipt;
import org.craq.wire.v1.WriteHeader;
import org.craq.wire.v1.WriteTrailer;

/**
 * One attempt to write a short content over the head's content port. It is collected first and then sent in one go. The write id makes it
 * safe to repeat the write, also over gRPC.
 */
final class ShortContentWrite implements OutgoingWrite {
    private final ContentConnections<Peer> connections;
    private final Peer head;
    private final WriteHeader header;
    private final Duration timeout;
    private final Supplier<? extends OutgoingWrite> byGrpc;
    private final List<Piece> pieces = new ArrayList<>();
    private Optional<OutgoingWrite> other = Optional.empty();

    private record Piece(long offset, ByteBuffer bytes, int crc32c) {}

    /** @param byGrpc begins this write over gRPC, if the port can't be reached */
    ShortContentWrite(
            ContentConnections<Peer> connections,
            Peer head,
            WriteHeader header,
            Duration timeout,
            Supplier<? extends OutgoingWrite> byGrpc) {
        this.connections = connections;
        this.head = head;
        this.header = header;
        this.timeout = timeout;
        this.byGrpc = byGrpc;
    }

    @Override
    public Kept kept() {
        return Kept.NOTHING;
    }

    @Override
    public void send(long offset, ByteBuffer piece, int crc32c) {
        byte[] bytes = new byte[piece.remaining()];
        piece.duplicate().get(bytes);
        pieces.add(new Piece(offset, ByteBuffer.wrap(bytes), crc32c));
    }

    @Override
    public Receipt finish(WriteTrailer trailer) {
        try {
            Optional<ContentCall> call = ContentCall.ask(
                    connections,
                    head,
                    timeout,
                    ContentRequest.newBuilder().setWrite(header),
                    Optional.of(connection -> frames(trailer, connection)));
            if (call.isPresent()) {
                return receipt(call.get());
            }
        } catch (ContentCall.Broken | CraqException e) {
            throw ContentCall.afterAll(e);
        }
        OutgoingWrite call = byGrpc.get();
        other = Optional.of(call);
        for (Piece piece : pieces) {
            call.send(piece.offset(), piece.bytes(), piece.crc32c());
        }
        return call.finish(trailer);
    }

    private ByteBuffer frames(WriteTrailer trailer, ContentConnection connection) {
        ByteBuffer end = connection.framed(
                ContentEnd.newBuilder().setTrailer(trailer).build().toByteArray());
        int length = (int) trailer.getLength() + pieces.size() * ContentFrame.BYTES + end.remaining();
        ByteBuffer frames = ByteBuffer.allocate(length);
        for (Piece piece : pieces) {
            new ContentFrame(ContentFrame.Kind.PIECE, piece.bytes().remaining(), piece.crc32c()).put(frames);
            frames.put(piece.bytes().duplicate());
        }
        return frames.put(end).flip();
    }

    private Receipt receipt(ContentCall call) {
        ContentReply reply = call.message();
        if (!reply.hasReceipt()) {
            call.drop();
            throw new CraqException(ErrorCode.OUTCOME_UNKNOWN, head + " ended the upload without an answer");
        }
        call.finish();
        return reply.getReceipt();
    }

    @Override
    public void cancel(String reason) {
        other.ifPresent(call -> call.cancel(reason));
    }
}
