package org.craq.client;

import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.craq.wire.v1.ChainConfiguration;
import org.craq.wire.v1.GetChainRequest;
import org.craq.wire.v1.GetTokenRequest;
import org.craq.wire.v1.ManagerGrpc;
import org.craq.wire.v1.Member;
import org.craq.wire.v1.RouteReply;
import org.craq.wire.v1.RouteRequest;
import org.craq.wire.v1.Token;

/** A manager and three nodes n1, n2, n3 on loopback ports. */
public final class FakeCluster extends ManagerGrpc.ManagerImplBase implements AutoCloseable {
    final FakeStore store = new FakeStore();
    final List<FakeNode> nodes = new ArrayList<>();
    final Server manager;
    final int managerPort;
    final AtomicInteger headQuestions = new AtomicInteger();
    volatile int head;

    public FakeCluster() throws IOException {
        for (int i = 1; i <= 3; i++) {
            nodes.add(new FakeNode("n" + i, store));
        }
        manager = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(this)
                .intercept(store.gate)
                .build()
                .start();
        managerPort = manager.getPort();
    }

    public String managerAddress() {
        return "127.0.0.1:" + managerPort;
    }

    /** Returns the builder of a client that gives up soon. */
    public CraqClient.Builder client() {
        return CraqClient.builder()
                .manager(managerAddress())
                .progressTimeout(Duration.ofSeconds(5))
                .operationTimeout(Duration.ofSeconds(5));
    }

    /** Returns what decides which calls are served; it lets everybody pass until a test closes it. */
    public FakeGate gate() {
        return store.gate;
    }

    @Override
    public void getToken(GetTokenRequest request, StreamObserver<Token> answer) {
        store.gate.answer(request, answer);
    }

    /** Changes the bytes of every file, but not the recorded checksums. */
    public void tamperAll() {
        store.tamperAll();
    }

    FakeNode node(int number) {
        return nodes.get(number - 1);
    }

    @Override
    public void getWriteHead(RouteRequest request, StreamObserver<RouteReply> answer) {
        headQuestions.incrementAndGet();
        answer.onNext(route(nodes.get(head)));
        answer.onCompleted();
    }

    /** Names the tail, or the last node before it that is not to be avoided. */
    @Override
    public void getReadNode(RouteRequest request, StreamObserver<RouteReply> answer) {
        FakeNode chosen = nodes.get(nodes.size() - 1);
        for (FakeNode node : nodes) {
            if (!request.getAvoidList().contains(node.id)) {
                chosen = node;
            }
        }
        answer.onNext(route(chosen));
        answer.onCompleted();
    }

    @Override
    public void getChain(GetChainRequest request, StreamObserver<ChainConfiguration> answer) {
        answer.onNext(ChainConfiguration.newBuilder()
                .setChainId("c1")
                .setEpoch(FakeStore.EPOCH)
                .addAllMembers(nodes.stream().map(this::member).toList())
                .build());
        answer.onCompleted();
    }

    private RouteReply route(FakeNode node) {
        return RouteReply.newBuilder()
                .setChainId("c1")
                .setEpoch(FakeStore.EPOCH)
                .setMember(member(node))
                .build();
    }

    private Member member(FakeNode node) {
        return Member.newBuilder()
                .setNodeId(node.id)
                .setGrpcAddress(node.address())
                .setHttpUrl("http://127.0.0.1:80")
                .setComplete(true)
                .build();
    }

    @Override
    public void close() {
        manager.shutdownNow();
        nodes.forEach(FakeNode::close);
    }
}
