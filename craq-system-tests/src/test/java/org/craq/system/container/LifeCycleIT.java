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

/** The node comes with its deployment and goes with it: port, threads and classes; and comes again. */
@ExtendWith(ArquillianExtension.class)
class LifeCycleIT {
    private static final String NODE = "node";
    private static final int ROUNDS = 4;
    /** What the JDK's method handles and the server's idle threads used last may stay: one or two, but not each. */
    private static final int REMEMBERED = 2;

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /** By name, the application's own executors and factories; by stack, whatever runs its code or its libraries'. */
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

    /** The process behind a management connection. */
    private static JavaProcess processOf(ManagementClient management) throws IOException {
        ModelNode question = new ModelNode();
        question.get("operation").set("read-attribute");
        question.get("address").add("core-service", "platform-mbean").add("type", "runtime");
        question.get("name").set("name");
        ModelNode answer = management.getControllerClient().execute(question);
        return new JavaProcess(answer.get("result").asString().split("@", 2)[0]);
    }

    /** An enum's constants live as long as the class loader that brought them. */
    private static long classLoadersOfTheNode(JavaProcess server) throws IOException {
        return server.reachable(ErrorCode.class.getName()) / ErrorCode.values().length;
    }

    /** Netty's own timer thread ends a second after its last task. */
    private static void awaitNoThreadOfTheNode(JavaProcess server) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(threadsOfTheNode(server)).isEmpty());
    }

    private static List<String> threadsOfTheNode(JavaProcess server) throws IOException {
        return server.threads().stream()
                .filter(thread -> OF_THE_NODE.matcher(thread).find())
                .toList();
    }

    /** No manager is there, so the node is in no chain; but it answers. */
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
