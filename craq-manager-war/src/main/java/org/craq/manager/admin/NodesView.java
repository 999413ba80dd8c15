package org.craq.manager.admin;

import java.time.Duration;
import java.util.List;
import org.craq.core.membership.Registration;
import org.craq.manager.membership.NodeStatus;

/** GET /v1/admin/nodes. */
public record NodesView(List<NodeView> nodes) {
    /**
     * One node.
     *
     * @param alive whether it was heard from recently, and is neither leaving nor retired
     * @param leaving whether it has announced its stop
     * @param retired whether this incarnation was removed from a chain, so that the node must start a new one
     * @param registeredAt ISO 8601, UTC
     * @param heartbeatAgeMillis null if this manager has not heard from the node yet
     */
    public record NodeView(
            String nodeId,
            boolean alive,
            boolean leaving,
            boolean retired,
            String incarnation,
            String grpcAddress,
            String httpUrl,
            String registeredAt,
            Long heartbeatAgeMillis) {}

    static NodesView of(List<NodeStatus> nodes) {
        return new NodesView(nodes.stream().map(NodesView::of).toList());
    }

    private static NodeView of(NodeStatus status) {
        Registration node = status.registration();
        return new NodeView(
                node.node().value(),
                status.alive(),
                status.leaving(),
                node.retired(),
                node.incarnation().toString(),
                node.grpcAddress(),
                node.httpUrl(),
                node.registeredAt().toString(),
                status.sinceHeartbeat().map(Duration::toMillis).orElse(null));
    }
}
