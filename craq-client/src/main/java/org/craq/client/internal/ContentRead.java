package org.craq.client.internal;

import java.time.Duration;
import java.util.Optional;
import org.craq.wire.CraqException;
import org.craq.wire.content.ContentConnections;
import org.craq.wire.content.ContentFrame;
import org.craq.wire.v1.ContentRequest;
import org.craq.wire.v1.ReadHeader;
import org.craq.wire.v1.ReadRequest;

/** One read over a content port. When it fails with {@link ContentCall.Broken}, the rest can be read over gRPC. */
final class ContentRead implements IncomingRead {
    private final ContentCall call;
    private long position;

    private ContentRead(ContentCall call) {
        this.call = call;
    }

    /**
     * Sends the request and waits until the answer begins; empty if the node has no content port, or it can't be reached.
     *
     * @throws CraqException when the node does not answer within the timeout
     */
    static Optional<ContentRead> ask(
            ContentConnections<Peer> connections, Peer node, ReadRequest request, Duration timeout) {
        return ContentCall.ask(
                        connections, node, timeout, ContentRequest.newBuilder().setRead(request), Optional.empty())
                .map(ContentRead::new);
    }

    @Override
    public Peer node() {
        return call.node();
    }

    @Override
    public ReadHeader header() {
        ReadHeader header = call.message().getHeader();
        position = header.getOffset();
        return header;
    }

    @Override
    public Piece next() {
        ContentFrame frame = call.next();
        if (frame.kind() == ContentFrame.Kind.MESSAGE) {
            call.message();
        }
        Piece piece = new Piece(position, call.piece(), frame.crc32c());
        position += frame.length();
        return piece;
    }

    @Override
    public void finish() {
        call.finish();
    }

    @Override
    public void cancel(String reason) {
        call.drop();
    }
}
