package org.craq.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.StatusRuntimeException;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.zip.CRC32C;
import org.craq.wire.content.ContentArrays;
import org.craq.wire.content.ContentBytes;
import org.craq.wire.content.ContentChecksum;
import org.craq.wire.v1.Fragment;
import org.craq.wire.v1.NodeGrpc;
import org.craq.wire.v1.WriteRequest;
import org.junit.jupiter.api.Test;

class ContentTest {
    private static final byte[] BYTES = new byte[300_000];

    static {
        new Random(1).nextBytes(BYTES);
    }

    private static int crc(byte[] bytes, int offset, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, offset, length);
        return (int) crc.getValue();
    }

    @Test
    void aChecksumOfPiecesIsThatOfTheWhole() {
        Random random = new Random(7);
        for (int round = 0; round < 200; round++) {
            ContentChecksum whole = new ContentChecksum();
            int end = 0;
            int length = random.nextInt(5000);
            while (end + length <= BYTES.length && random.nextInt(20) > 0) {
                whole.add(crc(BYTES, end, length), length);
                end += length;
                length = random.nextBoolean() ? length : random.nextInt(70_000);
            }
            assertThat(whole.value()).isEqualTo(crc(BYTES, 0, end));
        }
    }

    @Test
    void aMessagesBytesAreSeenWhereTheyLie() {
        ByteString part = ByteString.copyFrom(BYTES).substring(100, 2000);
        ByteBuffer seen = ContentBytes.of(part);
        assertThat(seen.hasArray()).isTrue();
        assertThat(seen).isEqualTo(part.asReadOnlyByteBuffer());
        assertThat(ContentBytes.of(ByteString.EMPTY).remaining()).isZero();
    }

    @Test
    void bytesInSeveralPiecesAreSeenAsOne() {
        ByteString rope = UnsafeByteOperations.unsafeWrap(BYTES, 0, 1000)
                .concat(UnsafeByteOperations.unsafeWrap(BYTES, 1000, 2000));
        assertThat(ContentBytes.of(rope)).isEqualTo(ByteBuffer.wrap(BYTES, 0, 3000));
    }

    @SuppressWarnings("ByteBufferBackingArray")
    private static byte[] array(WriteRequest request) {
        return ContentBytes.of(request.getFragment().getData()).array();
    }

    @Test
    void aMessageKeepsTheArrayThatItWasReceivedIntoUntilItIsGivenBack() {
        MethodDescriptor<WriteRequest, ?> usual = NodeGrpc.getStreamWriteMethod();
        Marshaller<WriteRequest> marshaller =
                ContentMarshaller.bounded(usual.getRequestMarshaller(), MessageBounds.of(usual), true);
        WriteRequest request = WriteRequest.newBuilder()
                .setFragment(Fragment.newBuilder().setOffset(5).setData(ByteString.copyFrom(BYTES)))
                .build();

        InputStream sent = usual.getRequestMarshaller().stream(request);
        WriteRequest received = marshaller.parse(sent);
        assertThat(received).isEqualTo(request);
        ByteBuffer seen = ContentBytes.of(received.getFragment().getData());
        assertThat(seen.array().length).isGreaterThan(BYTES.length);
        assertThat(seen.arrayOffset()).isPositive();

        WriteRequest other = marshaller.parse(usual.getRequestMarshaller().stream(request));
        assertThat(array(other)).as("that one is in use").isNotSameAs(seen.array());
        ContentArrays.giveBack(received.getFragment().getData());
        WriteRequest next = marshaller.parse(usual.getRequestMarshaller().stream(request));
        assertThat(array(next)).as("used again").isSameAs(seen.array());
        assertThat(next).isEqualTo(request);

        assertThat(marshaller.parse(new ByteArrayInputStream(request.toByteArray())))
                .isEqualTo(request);
        assertThatThrownBy(() -> marshaller.parse(new ByteArrayInputStream(request.toByteArray(), 0, 100)))
                .isInstanceOf(StatusRuntimeException.class);
    }
}
