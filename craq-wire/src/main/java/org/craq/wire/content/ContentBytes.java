package org.craq.wire.content;

import com.google.protobuf.ByteOutput;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/**
 * Lets checksums and channels see a message's bytes in the array where they lie. Through a read-only buffer they would
 * first copy them, piece by piece.
 */
public final class ContentBytes {
    private ContentBytes() {}

    /** The bytes, to be read only: they belong to a message. */
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

    /** Keeps a piece that is handed over as it lies. */
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
