package org.craq.client;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.LongConsumer;
import org.craq.wire.Checksum;
import org.craq.wire.ContentChecksum;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.v1.Fragment;
import org.craq.wire.v1.Receipt;
import org.craq.wire.v1.WriteHeader;
import org.craq.wire.v1.WriteRequest;
import org.craq.wire.v1.WriteTrailer;

/**
 * One attempt to send a source: header, fragments, trailer. Length and checksum are those of the bytes that were sent,
 * and the receipt must agree with them.
 */
final class Upload {
    /** Holds 64 KiB and finds out that nothing follows. */
    private static final int SMALL_BYTES = (64 << 10) + 1;

    private final UploadCall call;
    private final Peer head;
    private final ContentChecksum whole = new ContentChecksum();
    private long length;

    Upload(UploadCall call, Peer head) {
        this.call = call;
        this.head = head;
    }

    Receipt send(WriteHeader header, Source source, LongConsumer sent) throws IOException {
        boolean done = false;
        try {
            sendContent(header, source.begin(), sent);
            source.verify(length);
            Receipt receipt = call.finish(trailer());
            check(receipt, header.getAppends());
            done = true;
            return receipt;
        } finally {
            if (!done) {
                call.cancel("the upload was given up");
            }
        }
    }

    private void sendContent(WriteHeader header, InputStream content, LongConsumer sent) throws IOException {
        int chunkSize = header.getChunkSize();
        // Most files are small. One that fills this has memory for a whole chunk from then on.
        byte[] buffer = new byte[SMALL_BYTES];
        int held = content.readNBytes(buffer, 0, SMALL_BYTES);
        boolean large = held == SMALL_BYTES;
        begin(header, large);
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
            Fragment fragment = fragment(buffer, count);
            call.send(WriteRequest.newBuilder().setFragment(fragment).build());
            length += count;
            whole.add(fragment.getCrc32C(), count);
            sent.accept(length);
            if (count < chunkSize) {
                return;
            }
            held -= count;
            System.arraycopy(buffer, count, buffer, 0, held);
        }
    }

    private void begin(WriteHeader header, boolean awaitsTurn) {
        call.send(WriteRequest.newBuilder()
                .setHeader(header.toBuilder().setAwaitsTurn(awaitsTurn))
                .build());
        if (awaitsTurn) {
            call.awaitTurn();
        }
    }

    private Fragment fragment(byte[] buffer, int count) {
        ByteString data = UnsafeByteOperations.unsafeWrap(buffer, 0, count);
        return Fragment.newBuilder()
                .setOffset(length)
                .setData(data)
                .setCrc32C(Checksum.of(ByteBuffer.wrap(buffer, 0, count)))
                .build();
    }

    private WriteRequest trailer() {
        return WriteRequest.newBuilder()
                .setTrailer(WriteTrailer.newBuilder().setLength(length).setCrc32C(whole.value()))
                .build();
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
