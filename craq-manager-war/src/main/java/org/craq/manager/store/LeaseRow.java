package org.craq.manager.store;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;
import org.craq.core.leadership.LeaseRecord;
import org.craq.core.leadership.ManagerIdentity;

@Entity
@Table(name = "manager_lease")
class LeaseRow {
    /** The key of the only row. */
    static final String LEADER = "leader";

    @Id
    @Column(name = "name")
    private String name;

    @Column(name = "term")
    private String term;

    @Column(name = "holder")
    private String holder;

    @Column(name = "grpc_address")
    private String grpcAddress;

    @Column(name = "http_url")
    private String httpUrl;

    @Column(name = "beat")
    private long beat;

    @Column(name = "released")
    private boolean released;

    @Column(name = "takeover_millis")
    private long takeoverMillis;

    /** UTC. */
    @Column(name = "since")
    private LocalDateTime since;

    protected LeaseRow() {}

    LeaseRecord leaseRecord() {
        return new LeaseRecord(
                UUID.fromString(term),
                holder.isEmpty() ? Optional.empty() : Optional.of(new ManagerIdentity(holder, grpcAddress, httpUrl)),
                beat,
                released,
                Duration.ofMillis(takeoverMillis),
                since.toInstant(ZoneOffset.UTC));
    }
}
