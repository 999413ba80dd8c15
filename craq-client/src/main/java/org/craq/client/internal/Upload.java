package org.craq.client.internal;

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
 * One attempt to send a source: header, fragments, trailer. The receipt is verified against the length and checksum of
 * the bytes that were sent.
 */
final class Upload {
    /** One byte more than a short content has, to find out whether anything follows. */
    private static final int SMALL_BYTES = ContentConnection.SHORT_BYTES + 1;

    private final Ways ways;
    private final Peer head;
    private final ContentChecksum whole = new ContentChecksum();
    private long length;
    /** Empty until it is known whether the content is short or long. */
    private Optional<OutgoingWrite> call = Optional.empty();

    /** The protocols by which the head can be reached. */
    interface Ways {
        OutgoingWrite shortContent(WriteHeader header);

        /** Starts the upload of a long content; returns when the head has granted memory for it. */
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
                call.ifPresent(begun -> begun.cancel("the upload was abandoned"));
            }
        }
    }

    private void sendContent(WriteHeader header, InputStream content, LongConsumer sent) throws IOException {
        int chunkSize = header.getChunkSize();
        // Most files are small. Only a content that fills this buffer gets memory for a whole chunk.
        byte[] buffer = new byte[SMALL_BYTES];
        int held = content.readNBytes(buffer, 0, SMALL_BYTES);
        boolean large = held == SMALL_BYTES;
        OutgoingWrite out = large ? ways.longContent(header) : ways.shortContent(header);
        call = Optional.of(out);
        if (large) {
            buffer = Arrays.copyOf(buffer, Math.max(chunkSize, SMALL_BYTES));
        }
        while (true) {
            // The array can be reused: bytes that have been sent were copied to the transport's memory.
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

    /** The receipt of an append describes the whole file, which is not known here. */
    private void check(Receipt receipt, boolean appended) {
        if (!appended) {
            check(head, receipt, length, whole.value());
        } else if (receipt.getLength() < length) {
            throw otherContent(head, receipt);
        }
    }

    /** Verifies a receipt. One for a different content can only mean that the write id was already used for that content. */
    static void check(Peer head, Receipt receipt, long length, int crc32c) {
        if (receipt.getLength() != length || receipt.getCrc32C() != crc32c) {
            throw otherContent(head, receipt);
        }
    }

    private static CraqException otherContent(Peer head, Receipt receipt) {
        return new CraqException(
                ErrorCode.CHECKSUM_MISMATCH,
                head + " has stored other content under this write id, as version "
                        + WireValues.version(receipt.getVersion()) + " of " + receipt.getLength()
                        + " bytes; a different write needs a different write id");
    }
}
