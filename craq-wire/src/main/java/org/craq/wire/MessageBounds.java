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
 * How large a request may be, checked before anything is built of it: two bytes on the wire can become a hundred in the heap, so that a
 * bound on bytes alone does not bound memory.
 *
 * @param bytes of the message, other than the content in its fields of type bytes
 * @param fields at all depths, unknown ones included
 */
record MessageBounds(int bytes, int fields) {
    /** Room for a name, a content type, metadata and the rest. */
    private static final MessageBounds USUAL = new MessageBounds(64 << 10, 1 << 10);
    /** Requests that are long lists: up to 100 steps with all they may have, or the epochs of a chain's whole life. */
    private static final Map<String, MessageBounds> LONG_LISTS = Map.of(
            NodeGrpc.getChangeMethod().getFullMethodName(), new MessageBounds(1_200 << 10, 32 << 10),
            ReplicationGrpc.getReplicateMethod().getFullMethodName(), new MessageBounds(1 << 20, 256 << 10));
    /** Content in one message. */
    private static final int CONTENT_BYTES = 1 << 20;
    /** No request is longer. */
    static final int LONGEST_REQUEST_BYTES = CONTENT_BYTES
            + LONG_LISTS.values().stream().mapToInt(MessageBounds::bytes).max().orElseThrow();
    /** Ours have 5 levels at most. */
    private static final int DEEPEST = 10;

    /** For answers of servers that are trusted with their size. */
    static final MessageBounds NONE = new MessageBounds(Integer.MAX_VALUE - CONTENT_BYTES, Integer.MAX_VALUE);

    /** An entry of 100 copies of files with as many contents as there may be, and the small contents that come with it. */
    static final MessageBounds ANSWER = new MessageBounds(3 << 20, 256 << 10);

    static MessageBounds of(MethodDescriptor<?, ?> method) {
        return LONG_LISTS.getOrDefault(method.getFullMethodName(), USUAL);
    }

    /**
     * Checks the length of a message that is not read yet.
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
     * @throws IOException when it is no protobuf message
     */
    void check(byte[] message, int length, PrototypeMarshaller<?> marshaller) throws IOException {
        // Too short for more fields than are allowed: the usual case, and the quickest.
        if (length <= fields && length <= bytes) {
            return;
        }
        Descriptor type = ((Message) marshaller.getMessagePrototype()).getDescriptorForType();
        new Count(CodedInputStream.newInstance(message, 0, length)).message(type, 0);
    }

    private static CraqException tooLong(int length) {
        return new CraqException(
                ErrorCode.INVALID_ARGUMENT, "the message is too long for what it is: " + length + " bytes");
    }

    /** One message while it is being counted. */
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
                                ErrorCode.INVALID_ARGUMENT, "the message has a group, which no message here has");
                    default -> input.skipField(tag);
                }
            }
            if (input.getTotalBytesRead() - content > bytes) {
                throw tooLong(input.getTotalBytesRead());
            }
        }

        /** @param field null: not known here */
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
