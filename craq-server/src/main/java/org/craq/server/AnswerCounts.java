package org.craq.server;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import java.util.Locale;
import org.craq.wire.ErrorCode;
import org.craq.wire.v1.ReplicationGrpc;

/** Counts a deployment's answers: REST answers by method and status, and refusals on every interface by code. */
public final class AnswerCounts {
    /** The interface on which a request arrived. */
    enum Door {
        REST,
        /** Users' calls. */
        GRPC,
        /** Calls by other members of the chain. */
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
                .help("Requests that did not succeed, by error code and by the interface (door) on which they arrived.")
                .labelNames("door", "code")
                .withoutExemplars()
                .register(registry);
        for (ErrorCode code : ErrorCode.values()) {
            // Creates the series at the start, so that the first refusal shows as an increase and not as a new series.
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

    /** Counts an answer. Only methods that are served get a series of their own, as callers can invent others. */
    void answered(String method, int status) {
        String known =
                switch (method) {
                    case "GET", "HEAD", "PUT", "POST", "DELETE", "PATCH", "OPTIONS" -> method;
                    default -> "other";
                };
        answers.labelValues(known, Integer.toString(status)).inc();
    }

    /** Counts a refusal of a request that never reached a resource. */
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
