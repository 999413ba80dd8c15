package org.craq.node.replication;

import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.craq.wire.ContentMarshaller;
import org.craq.wire.GrpcServer;

/** gRPC channels to other nodes and to managers, one per address. Closing leaves no thread or socket behind. Thread-safe. */
public final class Peers implements AutoCloseable {
    private static final int FLOW_CONTROL_WINDOW_BYTES = 4 << 20;

    private final EventLoopGroup eventLoops;
    private final Executor callbacks;
    private final Map<String, ManagedChannel> channels = new ConcurrentHashMap<>();

    public Peers(ThreadFactory threads, int eventLoopThreads, Executor callbacks) {
        this.eventLoops = GrpcServer.eventLoops(eventLoopThreads, threads);
        this.callbacks = callbacks;
    }

    /**
     * Returns the channel to an address, which connects when it is used.
     *
     * @param address host:port
     */
    public ManagedChannel channel(String address) {
        return channels.computeIfAbsent(address, this::open);
    }

    /** Returns the channel to an address and makes it reconnect at once, rather than after gRPC's back-off of up to two minutes. */
    public ManagedChannel reconnecting(String address) {
        ManagedChannel channel = channel(address);
        channel.resetConnectBackoff();
        return channel;
    }

    private ManagedChannel open(String address) {
        return NettyChannelBuilder.forTarget("dns:///" + address)
                .channelType(NioSocketChannel.class)
                .eventLoopGroup(eventLoops)
                .withOption(ChannelOption.RECVBUF_ALLOCATOR, GrpcServer.receiveBuffers())
                .executor(callbacks)
                .offloadExecutor(callbacks)
                .maxInboundMessageSize(GrpcServer.MAX_MESSAGE_BYTES)
                .flowControlWindow(FLOW_CONTROL_WINDOW_BYTES)
                .keepAliveTime(10, TimeUnit.SECONDS)
                .keepAliveTimeout(5, TimeUnit.SECONDS)
                .usePlaintext()
                // Callers decide about retries, as they know what is safe; gRPC would also buffer sent messages for
                // them.
                .disableRetry()
                .intercept(ContentMarshaller.boundedAnswers())
                .build();
    }

    @Override
    public void close() {
        channels.values().forEach(ManagedChannel::shutdownNow);
        try {
            for (ManagedChannel channel : channels.values()) {
                if (!channel.awaitTermination(5, TimeUnit.SECONDS)) {
                    System.getLogger(Peers.class.getName())
                            .log(System.Logger.Level.WARNING, "a channel did not terminate: {0}", channel);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        GrpcServer.stop(eventLoops);
    }
}
