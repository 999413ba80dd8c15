package org.craq.node.replication;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall;
import io.grpc.ForwardingClientCallListener;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.craq.core.chain.Member;
import org.craq.core.chain.NodeId;
import org.craq.wire.ContentMarshaller;
import org.craq.wire.GrpcServer;
import org.craq.wire.tls.TlsCredentials;

/**
 * gRPC channels to other nodes and to managers, one per node and address. With TLS, the other side must be whom the channel is for.
 * Closing leaves no thread or socket behind. Thread-safe.
 */
public final class Peers implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Peers.class.getName());
    private static final int FLOW_CONTROL_WINDOW_BYTES = 4 << 20;
    /** What gRPC says of calls on a channel in which an unexpected exception has occurred. */
    private static final String PANIC = "Panic!";

    private final EventLoopGroup eventLoops;
    private final Executor callbacks;
    private final Optional<TlsCredentials> tls;
    private final Map<Peer, ManagedChannel> channels = new ConcurrentHashMap<>();

    /**
     * The other end of a channel.
     *
     * @param address host:port
     * @param node empty for a manager
     */
    private record Peer(String address, Optional<NodeId> node) {}

    /**
     * Creates a set without channels.
     *
     * @param tls this node's certificate; empty: connections are not encrypted
     */
    public Peers(ThreadFactory threads, int eventLoopThreads, Executor callbacks, Optional<TlsCredentials> tls) {
        this.tls = tls;
        this.eventLoops = GrpcServer.eventLoops(eventLoopThreads, threads);
        this.callbacks = callbacks;
    }

    /** Returns the channel to a node, which connects when it is used. */
    ManagedChannel to(Member node) {
        return to(new Peer(node.grpcAddress(), Optional.of(node.node())));
    }

    /** Returns the channel to a node and makes it reconnect at once, rather than after gRPC's back-off of up to two minutes. */
    ManagedChannel reconnectingTo(Member node) {
        ManagedChannel channel = to(node);
        channel.resetConnectBackoff();
        return channel;
    }

    /**
     * Returns the channel to a manager and makes it reconnect at once.
     *
     * @param address host:port
     */
    public ManagedChannel reconnectingToManager(String address) {
        ManagedChannel channel = to(new Peer(address, Optional.empty()));
        channel.resetConnectBackoff();
        return channel;
    }

    private ManagedChannel to(Peer peer) {
        return channels.computeIfAbsent(peer, this::open);
    }

    private ManagedChannel open(Peer peer) {
        NettyChannelBuilder builder = NettyChannelBuilder.forTarget("dns:///" + peer.address())
                .channelType(NioSocketChannel.class)
                .eventLoopGroup(eventLoops)
                .withOption(ChannelOption.RECVBUF_ALLOCATOR, GrpcServer.receiveBuffers())
                .executor(callbacks)
                .offloadExecutor(callbacks)
                .maxInboundMessageSize(GrpcServer.MAX_MESSAGE_BYTES)
                .flowControlWindow(FLOW_CONTROL_WINDOW_BYTES)
                .keepAliveTime(10, TimeUnit.SECONDS)
                .keepAliveTimeout(5, TimeUnit.SECONDS)
                // Callers decide about retries, as they know what is safe; gRPC would also buffer sent messages for
                // them.
                .disableRetry()
                .intercept(ContentMarshaller.boundedAnswers(), new Replacement(peer));
        tls.ifPresentOrElse(
                credentials -> builder.sslContext(peer.node()
                        .map(node -> credentials.toNode(node.value()))
                        .orElseGet(credentials::toManager)),
                builder::usePlaintext);
        return builder.build();
    }

    /**
     * Drops a channel in which an unexpected exception has occurred, as gRPC fails all later calls on it. This has happened
     * on Payara, whose class loader fails while another thread is deploying the application.
     */
    private final class Replacement implements ClientInterceptor {
        private final Peer peer;

        Replacement(Peer peer) {
            this.peer = peer;
        }

        @Override
        public <Q, A> ClientCall<Q, A> interceptCall(
                MethodDescriptor<Q, A> method, CallOptions options, Channel channel) {
            ManagedChannel mine = channels.get(peer);
            return new ForwardingClientCall.SimpleForwardingClientCall<>(channel.newCall(method, options)) {
                @Override
                public void start(Listener<A> answers, Metadata headers) {
                    super.start(
                            new ForwardingClientCallListener.SimpleForwardingClientCallListener<>(answers) {
                                @Override
                                public void onClose(Status status, Metadata trailers) {
                                    if (isBroken(status) && mine != null && channels.remove(peer, mine)) {
                                        LOG.log(
                                                Level.WARNING,
                                                "the channel to {0} broke and is opened again",
                                                peer.address());
                                        mine.shutdownNow();
                                    }
                                    super.onClose(status, trailers);
                                }
                            },
                            headers);
                }
            };
        }
    }

    private static boolean isBroken(Status status) {
        return status.getCode() == Status.Code.INTERNAL
                && status.getDescription() != null
                && status.getDescription().startsWith(PANIC);
    }

    @Override
    public void close() {
        channels.values().forEach(ManagedChannel::shutdownNow);
        try {
            for (ManagedChannel channel : channels.values()) {
                if (!channel.awaitTermination(5, TimeUnit.SECONDS)) {
                    LOG.log(Level.WARNING, "a channel did not terminate: {0}", channel);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        GrpcServer.stop(eventLoops);
    }
}
