package org.craq.node.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PeersTest {
    @Test
    void aChannelThatBrokeIsReplaced() throws Exception {
        ExecutorService threads = Executors.newCachedThreadPool();
        AtomicBoolean fails = new AtomicBoolean(true);
        Executor callbacks = task -> {
            // gRPC looks up the address by this executor, and does not expect that to fail.
            if (fails.compareAndSet(true, false)) {
                throw new IllegalStateException("zip file closed");
            }
            threads.execute(task);
        };
        io.grpc.Server server = NettyServerBuilder.forAddress(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(new HealthStatusManager().getHealthService())
                .build()
                .start();
        String address = "127.0.0.1:" + server.getPort();
        try (Peers peers = new Peers(Executors.defaultThreadFactory(), 1, callbacks, Optional.empty())) {
            assertThatThrownBy(() -> check(peers, address)).isInstanceOf(StatusRuntimeException.class);
            assertThat(fails).isFalse();
            assertThat(check(peers, address)).isEqualTo(ServingStatus.SERVING);
        } finally {
            server.shutdownNow();
            server.awaitTermination();
            threads.shutdown();
            assertThat(threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static ServingStatus check(Peers peers, String address) {
        return HealthGrpc.newBlockingStub(peers.reconnectingToManager(address))
                .withDeadlineAfter(10, TimeUnit.SECONDS)
                .check(HealthCheckRequest.getDefaultInstance())
                .getStatus();
    }
}
