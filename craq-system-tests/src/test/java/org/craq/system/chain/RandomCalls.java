package org.craq.system.chain;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.craq.wire.v1.ChainConfiguration;
import org.craq.wire.v1.ManagerGrpc;
import org.craq.wire.v1.Member;
import org.craq.wire.v1.NodeGrpc;
import org.craq.wire.v1.ReplicationGrpc;

/**
 * Calls as a broken or hostile client, member or node might make them: random messages, in any order, ended in any way.
 * Many contain the real chain, epoch and incarnations, some of which are off by one.
 */
final class RandomCalls {
    /** The methods that a node offers to users and to other members. */
    static final List<MethodDescriptor<?, ?>> OF_NODES = List.of(
            NodeGrpc.getStreamWriteMethod(),
            NodeGrpc.getStreamWriteMethod(),
            NodeGrpc.getStreamWriteMethod(),
            NodeGrpc.getStreamReadMethod(),
            NodeGrpc.getStatMethod(),
            NodeGrpc.getListFilesMethod(),
            NodeGrpc.getListVersionsMethod(),
            NodeGrpc.getDeleteMethod(),
            NodeGrpc.getChangeMethod(),
            ReplicationGrpc.getReplicateMethod(),
            ReplicationGrpc.getReplicateMethod(),
            ReplicationGrpc.getReplicateMethod(),
            ReplicationGrpc.getPushMethod(),
            ReplicationGrpc.getFetchMethod(),
            ReplicationGrpc.getQueryVersionMethod());
    /** The methods that a manager offers. */
    static final List<MethodDescriptor<?, ?>> OF_MANAGERS = List.of(
            ManagerGrpc.getRegisterNodeMethod(),
            ManagerGrpc.getHeartbeatMethod(),
            ManagerGrpc.getHeartbeatMethod(),
            ManagerGrpc.getGetChainMethod(),
            ManagerGrpc.getGetWriteHeadMethod(),
            ManagerGrpc.getGetReadNodeMethod());

    private static final List<String> TEXTS = List.of(
            "",
            "fuzz/a",
            "fuzz/b",
            "fuzz//",
            ".craq/uploads/x",
            "\u0000",
            "text/plain",
            "AAAA",
            "c1:1-1",
            "*",
            "00000000-0000-0000-0000-000000000007");
    private static final long[] NUMBERS = {0, 1, 2, -1, 4096, 1 << 20, Integer.MAX_VALUE, Long.MAX_VALUE, Long.MIN_VALUE
    };
    private static final int DEEPEST = 3;
    /** Occasional number of elements of a repeated field. */
    private static final int MANY = 200;

    private final Random random;
    private final List<MethodDescriptor<?, ?>> methods;
    private final Map<String, List<String>> texts;
    private final long epoch;

    /**
     * Creates calls.
     *
     * @param chain the current chain; a message may be addressed to any of its members
     */
    RandomCalls(Random random, List<MethodDescriptor<?, ?>> methods, ChainConfiguration chain) {
        this.random = random;
        this.methods = methods;
        this.epoch = chain.getEpoch();
        List<String> incarnations =
                chain.getMembersList().stream().map(Member::getIncarnation).toList();
        // With a node's own id and incarnation, a caller of the manager would act as that node, and could announce its
        // departure.
        this.texts = Map.of(
                "chain_id", List.of(chain.getChainId()),
                "from", chain.getMembersList().stream().map(Member::getNodeId).toList(),
                "from_incarnation", incarnations,
                "to_incarnation", incarnations,
                "incarnation", incarnations);
    }

    /**
     * How a call ended.
     *
     * @param garbled a message may not have been valid protobuf; gRPC itself answers that with UNKNOWN
     */
    record End(Status status, Metadata trailers, String method, boolean garbled) {}

    /** Makes a call; completes when the node has answered, or at once if the call was cancelled. */
    CompletableFuture<End> next(Channel channel) {
        MethodDescriptor<?, ?> method = methods.get(random.nextInt(methods.size()));
        Message prototype = (Message)
                ((MethodDescriptor.PrototypeMarshaller<?>) method.getRequestMarshaller()).getMessagePrototype();
        ClientCall<byte[], byte[]> call = channel.newCall(
                method.toBuilder(new Bytes(), new Bytes()).build(),
                CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS));
        AtomicBoolean garbled = new AtomicBoolean();
        CompletableFuture<End> end = new CompletableFuture<>();
        call.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onClose(Status status, Metadata trailers) {
                        end.complete(new End(status, trailers, method.getFullMethodName(), garbled.get()));
                    }
                },
                new Metadata());
        call.request(Integer.MAX_VALUE);
        int messages = method.getType().clientSendsOneMessage() ? 1 : random.nextInt(5);
        for (int i = 0; i < messages; i++) {
            call.sendMessage(message(prototype, garbled));
        }
        if (random.nextInt(6) == 0) {
            call.cancel("enough", null);
        } else {
            call.halfClose();
        }
        return end;
    }

    private byte[] message(Message prototype, AtomicBoolean garbled) {
        byte[] bytes = filled(prototype, 0).toByteArray();
        if (bytes.length > 0 && random.nextInt(8) == 0) {
            garbled.set(true);
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }
        return bytes;
    }

    private Message filled(Message prototype, int depth) {
        Message.Builder builder = prototype.newBuilderForType();
        for (FieldDescriptor field : prototype.getDescriptorForType().getFields()) {
            if (random.nextInt(3) == 0 || depth == DEEPEST) {
                continue;
            }
            if (field.isRepeated()) {
                for (int i = random.nextInt(10) == 0 ? MANY : 1; i > 0; i--) {
                    builder.addRepeatedField(field, value(builder, field, depth));
                }
            } else {
                builder.setField(field, value(builder, field, depth));
            }
        }
        return builder.build();
    }

    private Object value(Message.Builder builder, FieldDescriptor field, int depth) {
        long number = NUMBERS[random.nextInt(NUMBERS.length)];
        return switch (field.getJavaType()) {
            case STRING -> text(field.getName());
            case INT -> (int) number;
            case LONG ->
                field.getName().equals("epoch") && random.nextInt(4) > 0 ? epoch + random.nextInt(3) / 2 : number;
            case FLOAT -> (float) number;
            case DOUBLE -> (double) number;
            case BOOLEAN -> random.nextBoolean();
            case BYTE_STRING -> ByteString.copyFrom(new byte[random.nextInt(9000)]);
            case ENUM ->
                field.getEnumType()
                        .getValues()
                        .get(random.nextInt(field.getEnumType().getValues().size()));
            case MESSAGE -> filled(builder.newBuilderForField(field).build(), depth + 1);
        };
    }

    private String text(String field) {
        List<String> truths = texts.getOrDefault(field, List.of());
        List<String> choice = truths.isEmpty() || random.nextInt(6) == 0 ? TEXTS : truths;
        return choice.get(random.nextInt(choice.size()));
    }

    /** Passes messages on unchanged. */
    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
