package org.craq.node.runtime;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import org.craq.server.AnswerCounts;
import org.craq.server.MetricsPage;
import org.craq.server.RequestGate;
import org.craq.server.clients.SlowClients;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/**
 * The node of this deployment as its HTTP interface sees it: the running node, or the reason why there is none. The wiring fills it; resources,
 * servlets and filters inject it. Thread-safe.
 */
@ApplicationScoped
public class RunningNode {
    private volatile Optional<NodeStart<NodeRuntime>> start = Optional.empty();
    private volatile Optional<HttpParts> http = Optional.empty();

    /**
     * What every HTTP request needs, also before the node runs.
     *
     * @param metrics what the node counts and reports about itself
     * @param answers counts HTTP responses
     * @param gate checks each request first
     * @param clients guards the deployment against slow clients
     */
    public record HttpParts(MetricsPage metrics, AnswerCounts answers, RequestGate gate, SlowClients clients) {}

    /** Answers requests from now on; without a node they are refused with NOT_SERVING. */
    public void serve(HttpParts parts) {
        http = Optional.of(parts);
    }

    /** Uses the node that this start makes, as soon as there is one. */
    public void use(NodeStart<NodeRuntime> begun) {
        start = Optional.of(begun);
    }

    /** Ends the node, or its start. Idempotent. Metrics and health are answered until the deployment ends. */
    public void stop() {
        start.ifPresent(NodeStart::close);
        start = Optional.empty();
    }

    /**
     * The running node.
     *
     * @throws CraqException NOT_SERVING with the reason when there is none
     */
    public NodeRuntime node() {
        return started(running());
    }

    /** Empty while it waits for its database. */
    public Optional<NodeRuntime> running() {
        return start.flatMap(NodeStart::node);
    }

    /** True while uploads of the running node wait until others have ended. */
    public boolean uploadsWait() {
        return running().map(node -> node.longUploads().othersWait()).orElse(false);
    }

    /** The reason why there is no running node. */
    public String whyNotRunning() {
        return start.map(NodeStart::reason).orElse(NodeStart.NOT_YET);
    }

    /** True while the node does not start because its database is not the one that its disk has seen last. */
    public boolean refusesDatabase() {
        return start.filter(NodeStart::refusesDatabase).isPresent();
    }

    /**
     * What every HTTP request needs.
     *
     * @throws CraqException NOT_SERVING before the deployment has started
     */
    public HttpParts http() {
        return started(http);
    }

    private <T> T started(Optional<T> part) {
        return part.orElseThrow(() -> new CraqException(ErrorCode.NOT_SERVING, whyNotRunning() + "; see its log"));
    }
}
