package org.craq.wire;

import io.grpc.BindableService;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallExecutorSupplier;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.RecvByteBufAllocator;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.util.ResourceLeakDetector;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.craq.wire.tls.TlsCredentials;

/**
 * A gRPC server inside a container: it runs on threads that its owner supplies, and {@link #close} leaves neither
 * thread nor port behind. Serves {@code grpc.health.v1} and reflection besides the given services.
 */
public final class GrpcServer implements AutoCloseable {
    /** Maximum size of an answer: room for a page of a listing. */
    public static final int MAX_MESSAGE_BYTES = 4 << 20;

    private static final int FLOW_CONTROL_WINDOW_BYTES = 4 << 20;
    /**
     * Maximum size of one receive. An incomplete message holds all the buffers in which pieces of it arrived, including
     * bytes of other streams in them; larger buffers would waste more memory.
     */
    private static final int LONGEST_RECEIVE_BYTES = 32 << 10;

    /** Maximum number of open calls per connection; gRPC clients queue further ones. */
    private static final int MOST_CALLS_OF_CONNECTION = 256;

    /**
     * How many calls a client may reset on one connection, within this many seconds, before the connection is closed.
     */
    private static final int MOST_RESETS = 1000;

    private static final int RESETS_SECONDS = 30;
    private static final long HANDSHAKE_SECONDS = 10;
    private static final long IDLE_MINUTES = 5;
    /** How long an encrypted connection takes new calls; gRPC varies it by a tenth. */
    private static final long ENCRYPTED_HOURS = 1;

    private static final long GRACE_SECONDS = 5;

    private static final String LEAK_DETECTION = "io.grpc.netty.shaded.io.netty.leakDetection.level";

    static {
        // By default Netty records the origin of one buffer in 128. This code handles no Netty buffers itself, so there
        // are no leaks to find.
        if (System.getProperty(LEAK_DETECTION) == null) {
            ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
        }
    }

    /**
     * This logger would write a stack trace for each message that is too long; the sender is notified anyway. The
     * reference is kept because loggers without one are garbage collected.
     */
    private static final java.util.logging.Logger TOO_LONG =
            java.util.logging.Logger.getLogger("io.grpc.netty.shaded.io.grpc.netty.NettyServerStream");

    static {
        TOO_LONG.setLevel(java.util.logging.Level.SEVERE);
    }

    private final Server server;
    private final HealthStatusManager health = new HealthStatusManager();
    private final EventLoopGroup acceptors;
    private final EventLoopGroup workers;

    /**
     * Starts a server.
     *
     * @param entry runs the short step before a call's method is known, for all calls
     * @param calls returns the executor for the calls of a method; it must not use a Netty thread
     * @param tls if present, connections are encrypted, and calls of nodes need a node's certificate
     * @param users decides which calls of users are served; empty: all of them
     * @throws IOException when the port cannot be bound
     */
    public GrpcServer(
            InetSocketAddress address,
            ThreadFactory threads,
            int workerThreads,
            Executor entry,
            Function<MethodDescriptor<?, ?>, Executor> calls,
            ServerInterceptor interceptor,
            Optional<TlsCredentials> tls,
            Optional<ServerInterceptor> users,
            List<? extends BindableService> services)
            throws IOException {
        acceptors = eventLoops(1, threads);
        workers = eventLoops(workerThreads, threads);
        Connections connections = new Connections(Connections.MOST);
        CallWatch watch =
                new CallWatch(NodeCalls::contains, connections, CallWatch.MOST_USERS_CALLS, CallWatch.USERS_PATIENCE);
        NettyServerBuilder builder = NettyServerBuilder.forAddress(address)
                .channelFactory(connections::door)
                .maxConcurrentCallsPerConnection(MOST_CALLS_OF_CONNECTION)
                .maxRstFramesPerWindow(MOST_RESETS, RESETS_SECONDS)
                .handshakeTimeout(HANDSHAKE_SECONDS, TimeUnit.SECONDS)
                .maxConnectionIdle(IDLE_MINUTES, TimeUnit.MINUTES)
                .addStreamTracerFactory(watch)
                .bossEventLoopGroup(acceptors)
                .workerEventLoopGroup(workers)
                .withChildOption(ChannelOption.RECVBUF_ALLOCATOR, receiveBuffers())
                // gRPC's own shared pool must not be used.
                .executor(entry)
                .callExecutor(new ServerCallExecutorSupplier() {
                    @Override
                    public <Q, A> Executor getExecutor(ServerCall<Q, A> call, Metadata headers) {
                        return calls.apply(call.getMethodDescriptor());
                    }
                })
                .maxInboundMessageSize(MessageBounds.LONGEST_REQUEST_BYTES)
                .flowControlWindow(FLOW_CONTROL_WINDOW_BYTES)
                .permitKeepAliveTime(5, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true)
                .intercept(watch)
                // The interceptor added last runs first, and translates what the other refuses.
                .intercept(interceptor)
                .addService(CheckedRequests.of(health.getHealthService().bindService()))
                .addService(CheckedRequests.of(ServerInterceptors.intercept(
                        ProtoReflectionServiceV1.newInstance().bindService(),
                        users.stream().toList())));
        tls.ifPresent(credentials -> builder.sslContext(credentials.forServer())
                // Further calls get a new connection, which has the certificates of that time; open calls continue.
                .maxConnectionAge(ENCRYPTED_HOURS, TimeUnit.HOURS));
        // Innermost, where requests have been parsed.
        List<ServerInterceptor> innermost = Stream.concat(
                        tls
                                .<ServerInterceptor>map(credentials ->
                                        new NodeCalls(credentials.identity().cluster()))
                                .stream(),
                        users.stream())
                .toList();
        services.forEach(service ->
                builder.addService(CheckedRequests.of(ServerInterceptors.intercept(service.bindService(), innermost))));
        server = builder.build();
        try {
            server.start();
        } catch (IOException e) {
            stopThreads();
            throw new IOException(
                    "gRPC can't listen on " + address.getHostString() + ":" + address.getPort() + ": " + e.getMessage()
                            + "; is the port in use?",
                    e);
        }
        var unused = workers.next().scheduleWithFixedDelay(watch::sweep, 1, 1, TimeUnit.SECONDS);
    }

    public int port() {
        return server.getPort();
    }

    /** Sets what {@code grpc.health.v1} answers from now on. */
    public void serving(boolean serving) {
        health.setStatus("", serving ? ServingStatus.SERVING : ServingStatus.NOT_SERVING);
    }

    /** Refuses new calls, gives open ones a short grace period, and ends all threads. */
    @Override
    public void close() {
        health.enterTerminalState();
        server.shutdown();
        try {
            if (!server.awaitTermination(GRACE_SECONDS, TimeUnit.SECONDS)) {
                server.shutdownNow();
                server.awaitTermination(GRACE_SECONDS, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            server.shutdownNow();
            Thread.currentThread().interrupt();
        }
        stopThreads();
    }

    private void stopThreads() {
        stop(acceptors);
        stop(workers);
    }

    /** Returns the receive buffers for connections that carry content. */
    public static RecvByteBufAllocator receiveBuffers() {
        return new AdaptiveRecvByteBufAllocator(1 << 10, 4 << 10, LONGEST_RECEIVE_BYTES);
    }

    /** Creates event loops of one owner; gRPC's shared ones would outlive the deployment. */
    public static EventLoopGroup eventLoops(int size, ThreadFactory threads) {
        return new MultiThreadIoEventLoopGroup(size, threads, NioIoHandler.newFactory());
    }

    /**
     * Stops the event loops and waits: the threads must end before the container drops the deployment's class loader.
     */
    public static void stop(EventLoopGroup group) {
        boolean stopped = group.shutdownGracefully(0, GRACE_SECONDS, TimeUnit.SECONDS)
                .awaitUninterruptibly(2 * GRACE_SECONDS, TimeUnit.SECONDS);
        if (!stopped) {
            System.getLogger(GrpcServer.class.getName())
                    .log(System.Logger.Level.WARNING, "event loops did not end within {0} s", 2 * GRACE_SECONDS);
        }
    }
}
