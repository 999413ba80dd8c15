package org.craq.wire;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.WireFormat;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import java.io.IOException;
import java.util.Map;
import org.craq.wire.v1.NodeGrpc;
import org.craq.wire.v1.ReplicationGrpc;

/**
 * Limits on the size of a request, checked before it is parsed: two bytes on the wire can become a hundred on the heap,
 * so limiting the bytes alone would not limit memory.
 *
 * @param bytes maximum size of the message, not counting fields of type bytes
 * @param fields maximum number of fields at all depths, unknown ones included
 */
record MessageBounds(int bytes, int fields) {
    /** Room for a name, a content type, metadata and the rest. */
    private static final MessageBounds USUAL = new MessageBounds(64 << 10, 1 << 10);
    /** Requests with long lists: up to 100 steps with all their options, or the epochs of a chain's whole history. */
    private static final Map<String, MessageBounds> LONG_LISTS = Map.of(
            NodeGrpc.getChangeMethod().getFullMethodName(), new MessageBounds(1_200 << 10, 32 << 10),
            ReplicationGrpc.getReplicateMethod().getFullMethodName(), new MessageBounds(1 << 20, 256 << 10));
    /** Maximum number of content bytes in one message. */
    private static final int CONTENT_BYTES = 1 << 20;
    /** Maximum size of any request. */
    static final int LONGEST_REQUEST_BYTES = CONTENT_BYTES
            + LONG_LISTS.values().stream().mapToInt(MessageBounds::bytes).max().orElseThrow();
    /** Maximum depth to which messages are counted; ours have at most 5 levels. */
    private static final int DEEPEST = 10;

    /** No limits, for answers of servers that are trusted with their size. */
    static final MessageBounds NONE = new MessageBounds(Integer.MAX_VALUE - CONTENT_BYTES, Integer.MAX_VALUE);

    /**
     * Enough for an entry of 100 copies of files with the maximum number of contents, and the small contents sent with
     * it.
     */
    static final MessageBounds ANSWER = new MessageBounds(3 << 20, 256 << 10);

    static MessageBounds of(MethodDescriptor<?, ?> method) {
        return LONG_LISTS.getOrDefault(method.getFullMethodName(), USUAL);
    }

    /**
     * Checks the length of a message that has not been read yet.
     *
     * @throws CraqException INVALID_ARGUMENT
     */
    void check(int length) {
        if (length > bytes + CONTENT_BYTES) {
            throw tooLong(length);
        }
    }

    /**
     * Checks a whole message.
     *
     * @throws CraqException INVALID_ARGUMENT
     * @throws IOException when it is not a protobuf message
     */
    void check(byte[] message, int length, PrototypeMarshaller<?> marshaller) throws IOException {
        // The usual and fastest case: the message is too short to have more fields than are allowed.
        if (length <= fields && length <= bytes) {
            return;
        }
        Descriptor type = ((Message) marshaller.getMessagePrototype()).getDescriptorForType();
        new Count(CodedInputStream.newInstance(message, 0, length)).message(type, 0);
    }

    private static CraqException tooLong(int length) {
        return new CraqException(
                ErrorCode.INVALID_ARGUMENT, "the message is too long for this method: " + length + " bytes");
    }

    /** Counts one message. */
    private final class Count {
        private final CodedInputStream input;
        private int seen;
        private int content;

        Count(CodedInputStream input) {
            this.input = input;
        }

        void message(Descriptor type, int depth) throws IOException {
            for (int tag = input.readTag(); tag != 0; tag = input.readTag()) {
                if (++seen > fields) {
                    throw new CraqException(
                            ErrorCode.INVALID_ARGUMENT, "the message has more than " + fields + " fields; send fewer");
                }
                switch (WireFormat.getTagWireType(tag)) {
                    case WireFormat.WIRETYPE_LENGTH_DELIMITED ->
                        field(type.findFieldByNumber(WireFormat.getTagFieldNumber(tag)), depth);
                    case WireFormat.WIRETYPE_START_GROUP, WireFormat.WIRETYPE_END_GROUP ->
                        throw new CraqException(
                                ErrorCode.INVALID_ARGUMENT,
                                "the message has a group; no message of this service has one");
                    default -> input.skipField(tag);
                }
            }
            if (input.getTotalBytesRead() - content > bytes) {
                throw tooLong(input.getTotalBytesRead());
            }
        }

        /**
         * Counts a field with a length.
         *
         * @param field null if it is unknown here
         */
        private void field(FieldDescriptor field, int depth) throws IOException {
            int length = input.readRawVarint32();
            if (field != null && field.getJavaType() == FieldDescriptor.JavaType.MESSAGE && depth < DEEPEST) {
                int outer = input.pushLimit(length);
                message(field.getMessageType(), depth + 1);
                input.popLimit(outer);
                return;
            }
            if (field != null && field.getJavaType() == FieldDescriptor.JavaType.BYTE_STRING) {
                content += length;
            }
            input.skipRawBytes(length);
        }
    }
}
