package org.craq.manager.store;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.LocalDateTime;
import java.util.Optional;
import org.craq.security.User;
import org.craq.security.UserRecords.UserRecord;

@Entity
@Table(name = "craq_user")
class UserRow {
    @Id
    @Column(name = "name")
    private String name;

    @Column(name = "enabled")
    private boolean enabled;

    @Column(name = "password")
    private String password;

    @Column(name = "tokens_from")
    private LocalDateTime tokensFrom;

    @Column(name = "grants")
    private String grants;

    @Column(name = "created_at")
    private LocalDateTime createdAt;

    protected UserRow() {}

    UserRow(UserRecord record) {
        name = record.user().name();
        enabled = record.user().enabled();
        password = record.password().orElse(null);
        tokensFrom = Columns.time(record.user().tokensFrom());
        grants = Columns.text(record.user().grants());
        createdAt = Columns.time(record.created());
    }

    UserRecord userRecord() {
        return new UserRecord(
                new User(name, enabled, Columns.instant(tokensFrom), Columns.grants(grants)),
                Optional.ofNullable(password),
                Columns.instant(createdAt));
    }
}
