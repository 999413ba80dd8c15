package org.craq.node.runtime;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import org.craq.server.AnswerCounts;
import org.craq.server.MetricsPage;
import org.craq.server.RequestGate;
import org.craq.server.access.Access;
import org.craq.server.access.Guard;
import org.craq.server.access.RequestCaller;
import org.craq.server.audit.AuditedCall;
import org.craq.server.audit.AuditedRequests;
import org.craq.server.clients.SlowClients;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/**
 * The node of this deployment as its HTTP interface sees it: the running node, or the reason why there is none. It is set by
 * {@code NodeWiring} and injected into resources, servlets and filters. Thread-safe.
 */
@ApplicationScoped
public class RunningNode {
    private volatile Optional<NodeStart<NodeRuntime>> start = Optional.empty();
    private volatile Optional<HttpParts> http = Optional.empty();

    /**
     * The parts that every HTTP request needs, even before the node runs.
     *
     * @param metrics the page of the node's metrics
     * @param answers counts HTTP responses
     * @param gate checks each request first
     * @param clients guards the deployment against slow clients
     * @param access decides what callers may do
     * @param audited the audit trail of requests
     */
    public record HttpParts(
            MetricsPage metrics,
            AnswerCounts answers,
            RequestGate gate,
            SlowClients clients,
            Access access,
            AuditedRequests audited) {}

    /**
     * Returns the caller of a request at the gate of this node.
     *
     * @throws CraqException UNAUTHENTICATED, PERMISSION_DENIED
     */
    public Guard guard(HttpServletRequest request) {
        Access access = http().access();
        return new Guard(access, RequestCaller.of(request, access), AuditedCall.of(request));
    }

    /** Makes requests be answered from now on; without a node they are refused with NOT_SERVING. */
    public void serve(HttpParts parts) {
        http = Optional.of(parts);
    }

    /** Uses the node of this start, as soon as there is one. */
    public void use(NodeStart<NodeRuntime> begun) {
        start = Optional.of(begun);
    }

    /** Stops the node or its start. Metrics and health are served until the deployment ends. Idempotent. */
    public void stop() {
        start.ifPresent(NodeStart::close);
        start = Optional.empty();
    }

    /** Refuses the HTTP requests that have not been answered; to be called when the deployment's threads have ended. */
    public void endRequests() {
        http.ifPresent(parts -> parts.clients().close());
    }

    /**
     * Returns the running node.
     *
     * @throws CraqException NOT_SERVING with the reason when there is none
     */
    public NodeRuntime node() {
        return started(running());
    }

    /** Returns the running node; empty before it has started and after its end. */
    public Optional<NodeRuntime> running() {
        return start.flatMap(NodeStart::node);
    }

    /** True while uploads on the running node are waiting for a permit. */
    public boolean uploadsWait() {
        return running().map(node -> node.longUploads().othersWait()).orElse(false);
    }

    /** Returns the reason why there is no running node. */
    public String whyNotRunning() {
        return start.map(NodeStart::reason).orElse(NodeStart.NOT_YET);
    }

    /** True while the node does not start because its database is not the one that its disk was last used with. */
    public boolean refusesDatabase() {
        return start.filter(NodeStart::refusesDatabase).isPresent();
    }

    /**
     * Returns the parts that every HTTP request needs.
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
