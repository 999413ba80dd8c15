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
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.craq.wire.content.ContentArrays;

/**
 * Parses messages that carry content. gRPC's own marshaller receives a message into one array and copies its bytes into
 * another; this one leaves them in the first, to which the message refers until it is given back to {@link ContentArrays}.
 */
public final class ContentMarshaller<T> implements Marshaller<T> {
    private final PrototypeMarshaller<T> usual;
    private final MessageBounds bounds;
    private final boolean streams;

    private ContentMarshaller(PrototypeMarshaller<T> usual, MessageBounds bounds, boolean streams) {
        this.usual = usual;
        this.bounds = bounds;
        this.streams = streams;
    }

    /**
     * Returns a marshaller that checks messages against bounds before it parses them.
     *
     * @param streams whether messages carry content in a stream; others are copied, because their arrays are never given back
     */
    static <T> Marshaller<T> bounded(Marshaller<T> marshaller, MessageBounds bounds, boolean streams) {
        return marshaller instanceof PrototypeMarshaller<T> usual && usual.getMessagePrototype() instanceof MessageLite
                ? new ContentMarshaller<>(usual, bounds, streams)
                : marshaller;
    }

    /** Returns an interceptor that makes a client use this marshaller for the answers of server-streaming calls. */
    public static ClientInterceptor streamsOut() {
        return new ClientInterceptor() {
            @Override
            public <Q, A> ClientCall<Q, A> interceptCall(
                    MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
                return next.newCall(
                        method.getType() == MethodType.SERVER_STREAMING
                                ? method.toBuilder(
                                                method.getRequestMarshaller(),
                                                bounded(method.getResponseMarshaller(), MessageBounds.NONE, true))
                                        .build()
                                : method,
                        options);
            }
        };
    }

    /** Returns an interceptor that checks answers as strictly as requests; for members, which must survive each other's faults. */
    public static ClientInterceptor boundedAnswers() {
        return new ClientInterceptor() {
            @Override
            public <Q, A> ClientCall<Q, A> interceptCall(
                    MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
                return next.newCall(
                        method.toBuilder(
                                        method.getRequestMarshaller(),
                                        bounded(
                                                method.getResponseMarshaller(),
                                                MessageBounds.ANSWER,
                                                method.getType() == MethodType.SERVER_STREAMING))
                                .build(),
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
        try {
            if (!(stream instanceof KnownLength)) {
                // The length is unknown, for example because the message was compressed; gRPC limits it.
                byte[] message = stream.readAllBytes();
                bounds.check(message, message.length, usual);
                return usual.parse(new ByteArrayInputStream(message));
            }
            int length = stream.available();
            bounds.check(length);
            byte[] bytes = streams ? ContentArrays.take(length) : new byte[length];
            if (stream.readNBytes(bytes, 0, length) < length) {
                throw Status.INTERNAL.withDescription("a message is truncated").asRuntimeException();
            }
            bounds.check(bytes, length, usual);
            CodedInputStream input =
                    UnsafeByteOperations.unsafeWrap(bytes, 0, length).newCodedInput();
            input.enableAliasing(streams);
            MessageLite message = ((MessageLite) usual.getMessagePrototype())
                    .getParserForType()
                    .parseFrom(input);
            input.checkLastTagWas(0);
            return usual.getMessageClass().cast(message);
        } catch (InvalidProtocolBufferException e) {
            throw Status.INTERNAL
                    .withDescription("a message can't be parsed")
                    .withCause(e)
                    .asRuntimeException();
        } catch (IOException e) {
            throw Status.INTERNAL
                    .withDescription("reading a message failed")
                    .withCause(e)
                    .asRuntimeException();
        }
    }
}
