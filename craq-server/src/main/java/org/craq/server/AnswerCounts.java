package org.craq.server;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import java.util.Locale;
import org.craq.wire.ErrorCode;
import org.craq.wire.v1.ReplicationGrpc;

/** Counts what a deployment's doors answered: REST by method and status, refusals of every door by code. */
public final class AnswerCounts {
    /** Where a request came in. */
    enum Door {
        REST,
        /** Users' calls. */
        GRPC,
        /** Calls of other members of a chain. */
        MEMBERS
    }

    private final Counter answers;
    private final Counter refusals;

    public AnswerCounts(PrometheusRegistry registry) {
        answers = Counter.builder()
                .name("craq_http_responses")
                .help("Answers of the REST interface.")
                .labelNames("method", "status")
                .withoutExemplars()
                .register(registry);
        refusals = Counter.builder()
                .name("craq_refused")
                .help("Requests that did not succeed, by error code and by the door that they came to.")
                .labelNames("door", "code")
                .withoutExemplars()
                .register(registry);
        for (ErrorCode code : ErrorCode.values()) {
            // From the start, so that the first one is a rise and not a new line.
            refusals.initLabelValues(word(Door.REST), code.name());
            refusals.initLabelValues(word(Door.GRPC), code.name());
        }
    }

    /** Counts an answer of the REST interface. */
    public void answered(ContainerRequestContext request, ContainerResponseContext answer) {
        answered(request.getMethod(), answer.getStatus());
        if (answer.getEntity() instanceof Problem problem) {
            refused(Door.REST, problem.code());
        }
    }

    /** Only methods that are served get a line of their own: a caller can invent others. */
    void answered(String method, int status) {
        String known =
                switch (method) {
                    case "GET", "HEAD", "PUT", "POST", "DELETE", "PATCH", "OPTIONS" -> method;
                    default -> "other";
                };
        answers.labelValues(known, Integer.toString(status)).inc();
    }

    /** Counts a refusal of a request that never came to a resource. */
    void turnedAway(String method, ErrorCode code) {
        answered(method, code.http());
        refused(Door.REST, code.name());
    }

    /** Counts a refusal of a gRPC call. */
    public void refused(String method, ErrorCode code) {
        boolean member = method.startsWith(ReplicationGrpc.SERVICE_NAME + "/");
        refused(member ? Door.MEMBERS : Door.GRPC, code.name());
    }

    private void refused(Door door, String code) {
        refusals.labelValues(word(door), code).inc();
    }

    private static String word(Door door) {
        return door.name().toLowerCase(Locale.ROOT);
    }
}
