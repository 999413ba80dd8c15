package org.craq.manager.store;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.time.LocalDateTime;

@Entity
@Table(name = "revoked_token")
class RevokedTokenRow {
    @Id
    @Column(name = "id")
    private String id;

    @Column(name = "expires_at")
    private LocalDateTime expiresAt;

    protected RevokedTokenRow() {}

    RevokedTokenRow(String id, Instant expires) {
        this.id = id;
        this.expiresAt = Columns.time(expires);
    }

    String id() {
        return id;
    }

    Instant expires() {
        return Columns.instant(expiresAt);
    }
}
