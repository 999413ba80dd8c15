package org.craq.manager;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Scanner;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.craq.wire.CraqException;
import org.craq.wire.Errors;
import org.craq.wire.v1.HeartbeatReply;
import org.craq.wire.v1.HeartbeatRequest;
import org.craq.wire.v1.ManagerGrpc;
import org.craq.wire.v1.RegisterNodeRequest;
import org.craq.wire.v1.ReplicaReport;
import org.craq.wire.v1.RouteRequest;

/**
 * Nodes that only register and send heartbeats, for trying out a running manager by hand: no log, no data, complete at
 * once. Each line of standard input is a command: {@code up n1}, {@code kill n1}, {@code leave n1}, {@code head},
 * {@code read}, {@code quit}. The argument is the manager's gRPC address.
 */
final class FakeNode {
    private final String id;
    private final int number;
    private final ManagerGrpc.ManagerBlockingStub manager;
    private String incarnation = UUID.randomUUID().toString();
    private long epoch;

    private FakeNode(String id, ManagerGrpc.ManagerBlockingStub manager) {
        this.id = id;
        this.number = Integer.parseInt(id.substring(1));
        this.manager = manager;
    }

    private void register() {
        learn(manager.withDeadlineAfter(2, TimeUnit.SECONDS)
                .registerNode(RegisterNodeRequest.newBuilder()
                        .setNodeId(id)
                        .setIncarnation(incarnation)
                        .setGrpcAddress("127.0.0.1:" + (8000 + number))
                        .setHttpUrl("http://127.0.0.1:" + (8080 + number))
                        .build()));
    }

    private void heartbeat(boolean leaving) {
        HeartbeatRequest.Builder request = HeartbeatRequest.newBuilder()
                .setNodeId(id)
                .setIncarnation(incarnation)
                .setLeaving(leaving);
        if (epoch > 0) {
            request.addReplicas(
                    ReplicaReport.newBuilder().setChainId("c1").setEpoch(epoch).setComplete(true));
        }
        HeartbeatReply reply = manager.withDeadlineAfter(2, TimeUnit.SECONDS).heartbeat(request.build());
        if (reply.getLeaseMillis() == 0 && !leaving) {
            say(id + " gets no lease");
            register();
        }
        learn(reply);
    }

    private void learn(HeartbeatReply reply) {
        for (var chain : reply.getChainsList()) {
            boolean member = chain.getMembersList().stream()
                    .anyMatch(each ->
                            each.getNodeId().equals(id) && each.getIncarnation().equals(incarnation));
            if (member && chain.getEpoch() != epoch) {
                say(id + " acts in epoch " + chain.getEpoch());
                epoch = chain.getEpoch();
            } else if (!member && epoch > 0) {
                say(id + " was removed");
                epoch = 0;
                incarnation = UUID.randomUUID().toString();
                register();
            }
        }
    }

    private static void say(String text) {
        System.out.println(text);
    }

    public static void main(String[] args) throws InterruptedException {
        ManagedChannel channel =
                NettyChannelBuilder.forTarget(args[0]).usePlaintext().build();
        ManagerGrpc.ManagerBlockingStub manager = ManagerGrpc.newBlockingStub(channel);
        List<FakeNode> nodes = new ArrayList<>();
        Thread heart = new Thread(() -> beat(nodes));
        heart.setDaemon(true);
        heart.start();
        try (Scanner input = new Scanner(System.in, StandardCharsets.UTF_8)) {
            while (input.hasNextLine()) {
                String[] command = input.nextLine().split(" ", -1);
                if (command[0].equals("quit")) {
                    break;
                }
                perform(command, nodes, manager);
            }
        }
        channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    }

    private static void perform(String[] command, List<FakeNode> nodes, ManagerGrpc.ManagerBlockingStub manager) {
        try {
            switch (command[0]) {
                case "up" -> {
                    FakeNode node = new FakeNode(command[1], manager);
                    node.register();
                    synchronized (nodes) {
                        nodes.add(node);
                    }
                }
                case "kill" -> {
                    synchronized (nodes) {
                        nodes.removeIf(node -> node.id.equals(command[1]));
                    }
                }
                case "leave" -> {
                    synchronized (nodes) {
                        nodes.stream()
                                .filter(node -> node.id.equals(command[1]))
                                .forEach(node -> node.heartbeat(true));
                        nodes.removeIf(node -> node.id.equals(command[1]));
                    }
                }
                case "head" ->
                    say(manager.getWriteHead(RouteRequest.getDefaultInstance())
                            .getMember()
                            .getNodeId());
                case "read" ->
                    say(manager.getReadNode(RouteRequest.getDefaultInstance())
                            .getMember()
                            .getNodeId());
                default -> say("unknown command " + command[0]);
            }
        } catch (StatusRuntimeException e) {
            CraqException failure = Errors.fromGrpc(e);
            say(failure.code() + ": " + failure.getMessage());
        }
    }

    private static void beat(List<FakeNode> nodes) {
        while (!Thread.currentThread().isInterrupted()) {
            synchronized (nodes) {
                for (FakeNode node : nodes) {
                    try {
                        node.heartbeat(false);
                    } catch (StatusRuntimeException e) {
                        say(node.id + ": " + Errors.fromGrpc(e).getMessage());
                    }
                }
            }
            try {
                Thread.sleep(500);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
