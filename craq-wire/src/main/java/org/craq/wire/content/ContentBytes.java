package org.craq.wire.content;

import com.google.protobuf.ByteOutput;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/**
 * Gives checksums and channels access to the array that backs a message's bytes. They copy the bytes of a read-only heap buffer
 * before they process them.
 */
public final class ContentBytes {
    private ContentBytes() {}

    /** Returns the message's own bytes without copying them; the caller must not change them. */
    public static ByteBuffer of(ByteString data) {
        Pieces pieces = new Pieces();
        try {
            UnsafeByteOperations.unsafeWriteTo(data, pieces);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return pieces.only != null && pieces.only.remaining() == data.size()
                ? pieces.only
                : data.asReadOnlyByteBuffer();
    }

    /** Keeps the last array or buffer that is handed over without a copy. */
    private static final class Pieces extends ByteOutput {
        /** Null while there is none. */
        private ByteBuffer only;

        @Override
        public void write(byte value) {}

        @Override
        public void write(byte[] value, int offset, int length) {}

        @Override
        public void writeLazy(byte[] value, int offset, int length) {
            only = ByteBuffer.wrap(value, offset, length).slice();
        }

        @Override
        public void write(ByteBuffer value) {}

        @Override
        public void writeLazy(ByteBuffer value) {
            only = value;
        }
    }
}
