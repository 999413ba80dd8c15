package org.craq.client.internal;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.craq.client.FileInfo;
import org.craq.client.GetOptions;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.content.ContentAddress;
import org.craq.wire.content.ContentChecksum;
import org.craq.wire.v1.ReadHeader;
import org.craq.wire.v1.ReadRequest;

/**
 * A version, or a range of it, on its way to a target. It outlives the calls that deliver it: the bytes received from
 * one member are kept, and the next call asks for the rest of the same version. Only verified bytes reach the target.
 */
final class Download {
    private final String name;
    private final GetOptions options;
    private final OutputStream target;
    private final ContentChecksum whole = new ContentChecksum();
    /** Null until a member has answered; after that, every answer must describe the same version. */
    private FileInfo file;

    private long position;
    private long end;

    Download(String name, GetOptions options, OutputStream target) {
        this.name = name;
        this.options = options;
        this.target = target;
        position = options.offset();
    }

    /** Returns the request for the bytes that are still missing. */
    ReadRequest request() {
        ReadRequest.Builder request = ReadRequest.newBuilder()
                .setName(name)
                .setOffset(position)
                .setFreshness(WireValues.freshness(options.freshness()));
        if (file != null) {
            request.setVersion(WireValues.version(file.version()));
        } else {
            options.version().map(WireValues::version).ifPresent(request::setVersion);
        }
        options.limit().ifPresent(limit -> request.setLimit(file == null ? limit : end - position));
        return request.build();
    }

    /**
     * Writes everything that a member sends to the target. Returns false if the member sent only a header, which says
     * that the rest is available elsewhere.
     *
     * @throws CraqException when this member can't send the rest; {@link #request} then states what is missing
     */
    boolean take(IncomingRead read, Consumer<ContentAddress> contentPort, Runnable progressed) throws IOException {
        boolean done = false;
        try {
            ReadHeader header = read.header();
            begin(header, read.node());
            contentPort.accept(ContentAddress.of(header.getContentPort(), header.getContentSession()));
            while (position < end && !header.getElsewhere()) {
                write(due(read.next(), read.node()));
                progressed.run();
                options.progress().accept(position - options.offset());
            }
            read.finish();
            done = true;
            return !header.getElsewhere();
        } finally {
            if (!done) {
                read.cancel("the download was abandoned");
            }
        }
    }

    /** Returns true if nothing is missing, so that no further member needs to be asked. */
    boolean complete() {
        return file != null && position == end;
    }

    /**
     * Returns the version that was read, once its bytes have been verified as a whole.
     *
     * @throws CraqException CONTENT_DAMAGED when the bytes, although each chunk was verified on the way, are not those
     *     that were stored
     */
    FileInfo verified() {
        boolean all = options.offset() == 0 && end == file.length();
        if (all && whole.value() != file.crc32c()) {
            throw new CraqException(
                    ErrorCode.CONTENT_DAMAGED,
                    "version " + file.version() + " of '" + name + "' arrived with checksum "
                            + String.format("%08x", whole.value()) + " instead of " + file.crc32cHex());
        }
        return file;
    }

    private void begin(ReadHeader header, Peer node) {
        FileInfo now = WireValues.file(header.getFile(), header.getAnswered());
        long last = options.limit().isPresent()
                ? options.offset() + Math.min(options.limit().getAsLong(), now.length() - options.offset())
                : now.length();
        if (!now.name().equals(name)) {
            throw damaged(node, "'" + now.name() + "' in place of '" + name + "'");
        }
        if (header.getOffset() != position || position > last || header.getLength() != last - position) {
            throw damaged(node, "bytes " + header.getOffset() + "+" + header.getLength() + " of " + now.length());
        }
        if (file != null && !(file.version().equals(now.version()) && file.crc32c() == now.crc32c())) {
            throw damaged(node, "version " + now.version() + " in place of " + file.version());
        }
        file = now;
        end = last;
    }

    private IncomingRead.Piece due(IncomingRead.Piece piece, Peer node) {
        int length = piece.bytes().remaining();
        if (length == 0 || length > end - position) {
            throw damaged(node, "bytes that do not fit at byte " + position);
        }
        if (piece.offset() != position) {
            throw damaged(node, "byte " + piece.offset() + " in place of " + position);
        }
        return piece;
    }

    // The target gets the array into which the bytes were received, without a copy.
    @SuppressWarnings("ByteBufferBackingArray")
    private void write(IncomingRead.Piece piece) throws IOException {
        ByteBuffer bytes = piece.bytes();
        int length = bytes.remaining();
        if (bytes.hasArray()) {
            target.write(bytes.array(), bytes.arrayOffset() + bytes.position(), length);
        } else {
            byte[] array = new byte[length];
            bytes.duplicate().get(array);
            target.write(array, 0, length);
        }
        whole.add(piece.crc32c(), length);
        position += length;
    }

    private static CraqException damaged(Peer node, String what) {
        return new CraqException(ErrorCode.CONTENT_DAMAGED, node + " sent " + what);
    }
}
