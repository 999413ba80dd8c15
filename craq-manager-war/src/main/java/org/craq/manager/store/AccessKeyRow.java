package org.craq.manager.store;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.LocalDateTime;
import java.util.Optional;
import org.craq.security.AccessKey;
import org.craq.security.UserRecords.KeyRecord;

@Entity
@Table(name = "access_key")
class AccessKeyRow {
    @Id
    @Column(name = "id")
    private String id;

    @Column(name = "user_name")
    private String userName;

    @Column(name = "secret_hash")
    private String secretHash;

    @Column(name = "deleted")
    private boolean deleted;

    @Column(name = "expires_at")
    private LocalDateTime expiresAt;

    @Column(name = "limits")
    private String limits;

    @Column(name = "created_at")
    private LocalDateTime createdAt;

    protected AccessKeyRow() {}

    AccessKeyRow(KeyRecord record) {
        AccessKey key = record.key();
        id = key.id();
        userName = key.user();
        secretHash = key.secretHash();
        deleted = record.deleted();
        expiresAt = key.expires().map(Columns::time).orElse(null);
        limits = key.limits().map(Columns::text).orElse(null);
        createdAt = Columns.time(record.created());
    }

    KeyRecord keyRecord() {
        AccessKey key = new AccessKey(
                id,
                userName,
                secretHash,
                Optional.ofNullable(expiresAt).map(Columns::instant),
                Optional.ofNullable(limits).map(Columns::grants));
        return new KeyRecord(key, deleted, Columns.instant(createdAt));
    }
}
