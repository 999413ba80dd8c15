package org.craq.client;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.content.Checksum;
import org.craq.wire.content.ContentChecksum;
import org.craq.wire.content.ContentConnection;
import org.craq.wire.v1.Receipt;
import org.craq.wire.v1.WriteHeader;
import org.craq.wire.v1.WriteTrailer;

/**
 * One attempt to send a source: header, fragments, trailer. Length and checksum are those of the bytes that were sent,
 * and the receipt must agree with them.
 */
final class Upload {
    /** Holds 64 KiB and finds out that nothing follows. */
    private static final int SMALL_BYTES = ContentConnection.SHORT_BYTES + 1;

    private final Ways ways;
    private final Peer head;
    private final ContentChecksum whole = new ContentChecksum();
    private long length;
    /** Empty until it is known how long the content is. */
    private Optional<OutgoingWrite> call = Optional.empty();

    /** How to reach the head. */
    interface Ways {
        OutgoingWrite shortContent(WriteHeader header);

        /** Returns when the head has memory for it. */
        OutgoingWrite longContent(WriteHeader header);
    }

    Upload(Ways ways, Peer head) {
        this.ways = ways;
        this.head = head;
    }

    Receipt send(WriteHeader header, Source source, LongConsumer sent) throws IOException {
        boolean done = false;
        try {
            sendContent(header, source.begin(), sent);
            source.verify(length, whole.value());
            Receipt receipt = call.orElseThrow()
                    .finish(WriteTrailer.newBuilder()
                            .setLength(length)
                            .setCrc32C(whole.value())
                            .build());
            check(receipt, header.getAppends());
            done = true;
            return receipt;
        } finally {
            if (!done) {
                call.ifPresent(begun -> begun.cancel("the upload was given up"));
            }
        }
    }

    private void sendContent(WriteHeader header, InputStream content, LongConsumer sent) throws IOException {
        int chunkSize = header.getChunkSize();
        // Most files are small. One that fills this has memory for a whole chunk from then on.
        byte[] buffer = new byte[SMALL_BYTES];
        int held = content.readNBytes(buffer, 0, SMALL_BYTES);
        boolean large = held == SMALL_BYTES;
        OutgoingWrite out = large ? ways.longContent(header) : ways.shortContent(header);
        call = Optional.of(out);
        if (large) {
            buffer = Arrays.copyOf(buffer, Math.max(chunkSize, SMALL_BYTES));
        }
        while (true) {
            // The same array each time: what has been sent is in the transport's own memory.
            held += large && held < chunkSize ? content.readNBytes(buffer, held, chunkSize - held) : 0;
            int count = Math.min(held, chunkSize);
            if (count == 0) {
                return;
            }
            ByteBuffer piece = ByteBuffer.wrap(buffer, 0, count);
            int crc32c = Checksum.of(piece);
            out.send(length, piece, crc32c);
            length += count;
            whole.add(crc32c, count);
            sent.accept(length);
            if (count < chunkSize) {
                return;
            }
            held -= count;
            System.arraycopy(buffer, count, buffer, 0, held);
        }
    }

    /**
     * A receipt for other content can only mean that the write id was used before, for that content. That of an append tells of the
     * whole file, which is not known here.
     */
    private void check(Receipt receipt, boolean appended) {
        boolean same = appended
                ? receipt.getLength() >= length
                : receipt.getLength() == length && receipt.getCrc32C() == whole.value();
        if (!same) {
            throw new CraqException(
                    ErrorCode.CHECKSUM_MISMATCH,
                    head + " has stored other content under this write id, as version "
                            + WireValues.version(receipt.getVersion()) + " of " + receipt.getLength()
                            + " bytes; a different write needs a different write id");
        }
    }
}
