package org.craq.client.internal;

import io.grpc.Channel;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.buffer.ByteBufAllocator;
import io.grpc.netty.shaded.io.netty.buffer.PooledByteBufAllocator;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.craq.wire.ContentMarshaller;
import org.craq.wire.Loopback;

/** Keeps one connection per address, opened when first needed. Its threads belong to this client and end with it. */
final class Channels implements AutoCloseable {
    /** Large enough for a fragment of 1 MiB and its envelope. */
    private static final int MAX_MESSAGE_BYTES = 4 << 20;

    private static final int WINDOW_BYTES = 4 << 20;
    private static final int CONNECT_TIMEOUT_MILLIS = 5_000;
    private static final long KEEP_ALIVE_SECONDS = 10;
    private static final long CLOSE_SECONDS = 5;
    private static final int CALLBACK_THREADS = 4;

    /**
     * Allocator outside the heap, shared by all clients of the process, which grows by 16 MiB at a time. gRPC's own
     * default is 2 MiB: long downloads keep filling and releasing such blocks, and each new block has to be zeroed.
     */
    private static final ByteBufAllocator MEMORY = new PooledByteBufAllocator(
            true,
            0,
            1,
            8 << 10,
            11,
            PooledByteBufAllocator.defaultSmallCacheSize(),
            PooledByteBufAllocator.defaultNormalCacheSize(),
            PooledByteBufAllocator.defaultUseCacheForAllThreads());

    private final MultiThreadIoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(
            2, new DefaultThreadFactory("craq-client-io", true), NioIoHandler.newFactory());
    private final Optional<SslContext> tls;
    private final Bearer bearer;
    private final ThreadPoolExecutor own;
    private final Executor executor;
    private final Map<String, ManagedChannel> channels = new ConcurrentHashMap<>();
    private final Queue<ManagedChannel> retired = new ConcurrentLinkedQueue<>();
    private volatile boolean closed;

    /**
     * Creates an empty set of connections.
     *
     * @param given executor for callbacks; null: use this client's own threads
     * @param tls encrypts connections; empty: they are not encrypted
     * @param bearer sends the token, but not without encryption to another machine
     */
    Channels(Executor given, Optional<SslContext> tls, Bearer bearer) {
        this.tls = tls;
        this.bearer = bearer;
        own = new ThreadPoolExecutor(
                CALLBACK_THREADS,
                CALLBACK_THREADS,
                KEEP_ALIVE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                new DefaultThreadFactory("craq-client", true));
        own.allowCoreThreadTimeOut(true);
        executor = given == null ? own : given;
    }

    Channel to(String address) {
        return channels.compute(address, (key, channel) -> {
            if (closed) {
                throw new IllegalStateException("this CraqClient is closed");
            }
            return channel == null || failing(channel) ? open(key) : channel;
        });
    }

    /**
     * Tells whether a channel should be replaced. A channel that waits before it reconnects, which takes up to two
     * minutes, fails every call at once. Here the caller decides when to retry, so such a channel is replaced by a
     * fresh one.
     */
    private boolean failing(ManagedChannel channel) {
        if (channel.getState(false) != ConnectivityState.TRANSIENT_FAILURE) {
            return false;
        }
        retired.removeIf(ManagedChannel::isTerminated);
        retired.add(channel.shutdown());
        return true;
    }

    private ManagedChannel open(String address) {
        NettyChannelBuilder builder = NettyChannelBuilder.forTarget("dns:///" + address)
                .channelType(NioSocketChannel.class)
                .eventLoopGroup(loops)
                .executor(executor)
                .offloadExecutor(executor)
                .withOption(ChannelOption.ALLOCATOR, MEMORY)
                .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
                .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
                .keepAliveTimeout(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
                .maxInboundMessageSize(MAX_MESSAGE_BYTES)
                .flowControlWindow(WINDOW_BYTES)
                // The members of a cluster are nearby; a proxy for the web does not lead to them.
                .proxyDetector(target -> null)
                // Retries are decided in one place, which knows the operation's budget.
                .disableRetry()
                .intercept(ContentMarshaller.streamsOut());
        if (tls.isPresent() || Loopback.isAddress(address)) {
            builder.intercept(bearer);
        }
        tls.ifPresentOrElse(builder::sslContext, builder::usePlaintext);
        return builder.build();
    }

    @Override
    public void close() {
        closed = true;
        boolean interrupted = false;
        // Remove the keys one by one, so that a concurrent call of to() can't add a channel that is never shut down.
        for (String address : channels.keySet()) {
            channels.computeIfPresent(address, (key, channel) -> {
                retired.add(channel);
                return null;
            });
        }
        retired.forEach(ManagedChannel::shutdownNow);
        try {
            for (ManagedChannel channel : retired) {
                channel.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            interrupted = true;
        }
        own.shutdown();
        loops.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS)
                .awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
