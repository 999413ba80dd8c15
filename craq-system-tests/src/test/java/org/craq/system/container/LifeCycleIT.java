package org.craq.system.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.craq.system.JavaProcess;
import org.craq.wire.ErrorCode;
import org.jboss.arquillian.container.test.api.Deployer;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.as.arquillian.container.ManagementClient;
import org.jboss.dmr.ModelNode;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The node starts with its deployment, ends with it without leaving port, threads or classes behind, and can be
 * deployed again.
 */
@ExtendWith(ArquillianExtension.class)
class LifeCycleIT {
    private static final String NODE = "node";
    private static final int ROUNDS = 4;
    /**
     * Number of class loaders that may remain: the JDK's method handles and idle threads of the server may still refer
     * to the last ones used.
     */
    private static final int REMEMBERED = 2;

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /**
     * Matches the application's own executors and factories by name, and threads that run its code or that of its
     * libraries by stack.
     */
    private static final Pattern OF_THE_NODE = Pattern.compile(
            "^\"[^\"]*(craq|ManagedThreadFactory|grpc|netty)|at (org\\.craq|io\\.grpc)\\.", Pattern.MULTILINE);

    @ArquillianResource
    private Deployer deployer;

    @ArquillianResource
    private ManagementClient management;

    @Deployment(name = NODE, managed = false, testable = false)
    static WebArchive node() {
        return NodeArchive.build();
    }

    @Test
    void undeployingLeavesNothingAndTheNodeCanBeDeployedAgain() throws IOException {
        JavaProcess server = processOf(management);
        assertThat(NodeServer.grpcPortIsOpen()).as("port open before").isFalse();
        awaitNoThreadOfTheNode(server);

        long before = classLoadersOfTheNode(server);
        for (int round = 1; round <= ROUNDS; round++) {
            deployer.deploy(NODE);
            try {
                assertThat(health()).as("health in round %d", round).isEqualTo(ServingStatus.NOT_SERVING);
                assertThat(threadsOfTheNode(server)).isNotEmpty();
                assertThat(classLoadersOfTheNode(server)).isPositive();
            } finally {
                deployer.undeploy(NODE);
            }

            assertThat(NodeServer.grpcPortIsOpen())
                    .as("port open after round %d", round)
                    .isFalse();
            awaitNoThreadOfTheNode(server);
        }
        await().atMost(PATIENCE).pollInterval(Duration.ofSeconds(2)).untilAsserted(() -> assertThat(
                        classLoadersOfTheNode(server))
                .as("class loaders that are left")
                .isLessThanOrEqualTo(before + REMEMBERED));
    }

    /** Returns the process behind a management connection. */
    private static JavaProcess processOf(ManagementClient management) throws IOException {
        ModelNode question = new ModelNode();
        question.get("operation").set("read-attribute");
        question.get("address").add("core-service", "platform-mbean").add("type", "runtime");
        question.get("name").set("name");
        ModelNode answer = management.getControllerClient().execute(question);
        return new JavaProcess(answer.get("result").asString().split("@", 2)[0]);
    }

    /**
     * Returns the number of the node's class loaders; the constants of an enum live as long as the class loader that
     * loaded them.
     */
    private static long classLoadersOfTheNode(JavaProcess server) throws IOException {
        return server.reachable(ErrorCode.class.getName()) / ErrorCode.values().length;
    }

    /** Waits until the node has no threads; Netty's timer thread ends a second after its last task. */
    private static void awaitNoThreadOfTheNode(JavaProcess server) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(threadsOfTheNode(server)).isEmpty());
    }

    private static List<String> threadsOfTheNode(JavaProcess server) throws IOException {
        return server.threads().stream()
                .filter(thread -> OF_THE_NODE.matcher(thread).find())
                .toList();
    }

    /** Returns the health of the node, which answers although there is no manager and it is in no chain. */
    private static ServingStatus health() {
        ManagedChannel channel = ManagedChannelBuilder.forAddress("127.0.0.1", NodeServer.grpcPort())
                .usePlaintext()
                .build();
        try {
            return await().atMost(PATIENCE)
                    .until(
                            () -> HealthGrpc.newBlockingStub(channel)
                                    .withDeadlineAfter(5, TimeUnit.SECONDS)
                                    .check(HealthCheckRequest.getDefaultInstance())
                                    .getStatus(),
                            status -> status == ServingStatus.NOT_SERVING);
        } finally {
            channel.shutdownNow();
        }
    }
}
