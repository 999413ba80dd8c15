package org.craq.wire;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads messages that carry content. gRPC's own marshaller receives a message into one array and copies its bytes into
 * another; this one leaves them in the first, which the message keeps until it is given back to {@link ContentArrays}.
 */
public final class ContentMarshaller<T> implements Marshaller<T> {
    private final PrototypeMarshaller<T> usual;

    private ContentMarshaller(PrototypeMarshaller<T> usual) {
        this.usual = usual;
    }

    private static <T> Marshaller<T> of(Marshaller<T> marshaller) {
        return marshaller instanceof PrototypeMarshaller<T> usual && usual.getMessagePrototype() instanceof MessageLite
                ? new ContentMarshaller<>(usual)
                : marshaller;
    }

    /** The service with this marshaller for what streams in. */
    public static ServerServiceDefinition streamsIn(ServerServiceDefinition service) {
        List<ServerMethodDefinition<?, ?>> methods = new ArrayList<>();
        service.getMethods().forEach(method -> methods.add(streamsIn(method)));
        ServiceDescriptor.Builder descriptor = ServiceDescriptor.newBuilder(
                        service.getServiceDescriptor().getName())
                .setSchemaDescriptor(service.getServiceDescriptor().getSchemaDescriptor());
        methods.forEach(method -> descriptor.addMethod(method.getMethodDescriptor()));
        ServerServiceDefinition.Builder changed = ServerServiceDefinition.builder(descriptor.build());
        methods.forEach(changed::addMethod);
        return changed.build();
    }

    private static <Q, A> ServerMethodDefinition<Q, A> streamsIn(ServerMethodDefinition<Q, A> method) {
        MethodDescriptor<Q, A> descriptor = method.getMethodDescriptor();
        if (descriptor.getType().clientSendsOneMessage()) {
            return method;
        }
        return ServerMethodDefinition.create(
                descriptor.toBuilder(of(descriptor.getRequestMarshaller()), descriptor.getResponseMarshaller())
                        .build(),
                method.getServerCallHandler());
    }

    /** Has a client use this marshaller for what streams out. */
    public static ClientInterceptor streamsOut() {
        return new ClientInterceptor() {
            @Override
            public <Q, A> ClientCall<Q, A> interceptCall(
                    MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
                return next.newCall(
                        method.getType() == MethodType.SERVER_STREAMING
                                ? method.toBuilder(method.getRequestMarshaller(), of(method.getResponseMarshaller()))
                                        .build()
                                : method,
                        options);
            }
        };
    }

    @Override
    public InputStream stream(T value) {
        return usual.stream(value);
    }

    @Override
    public T parse(InputStream stream) {
        if (!(stream instanceof KnownLength)) {
            return usual.parse(stream);
        }
        try {
            int length = stream.available();
            byte[] bytes = ContentArrays.take(length);
            if (stream.readNBytes(bytes, 0, length) < length) {
                throw Status.INTERNAL.withDescription("a message ended early").asRuntimeException();
            }
            CodedInputStream input =
                    UnsafeByteOperations.unsafeWrap(bytes, 0, length).newCodedInput();
            input.enableAliasing(true);
            MessageLite message = ((MessageLite) usual.getMessagePrototype())
                    .getParserForType()
                    .parseFrom(input);
            input.checkLastTagWas(0);
            return usual.getMessageClass().cast(message);
        } catch (InvalidProtocolBufferException e) {
            throw Status.INTERNAL
                    .withDescription("a message can't be read")
                    .withCause(e)
                    .asRuntimeException();
        } catch (IOException e) {
            throw Status.INTERNAL
                    .withDescription("a message broke off")
                    .withCause(e)
                    .asRuntimeException();
        }
    }
}
