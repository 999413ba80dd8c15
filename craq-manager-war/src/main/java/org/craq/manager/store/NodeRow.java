package org.craq.manager.store;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import org.craq.core.chain.Incarnation;
import org.craq.core.chain.NodeId;
import org.craq.core.membership.Registration;

@Entity
@Table(name = "node")
class NodeRow {
    @Id
    @Column(name = "node_id")
    private String nodeId;

    @Column(name = "incarnation")
    private String incarnation;

    @Column(name = "grpc_address")
    private String grpcAddress;

    @Column(name = "http_url")
    private String httpUrl;

    @Column(name = "retired")
    private boolean retired;

    /** UTC. */
    @Column(name = "registered_at")
    private LocalDateTime registeredAt;

    protected NodeRow() {}

    NodeRow(Registration registration) {
        nodeId = registration.node().value();
        set(registration);
    }

    final void set(Registration registration) {
        retired = registration.retired();
        incarnation = registration.incarnation().toString();
        grpcAddress = registration.grpcAddress();
        httpUrl = registration.httpUrl();
        registeredAt = LocalDateTime.ofInstant(registration.registeredAt(), ZoneOffset.UTC);
    }

    Registration registration() {
        return new Registration(
                new NodeId(nodeId),
                Incarnation.parse(incarnation),
                grpcAddress,
                httpUrl,
                registeredAt.toInstant(ZoneOffset.UTC),
                retired);
    }
}
