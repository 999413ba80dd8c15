package org.craq.manager.store;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.util.OptionalLong;
import org.craq.security.Quota;

@Entity
@Table(name = "quota")
class QuotaRow {
    @Id
    @Column(name = "prefix")
    private String prefix;

    /** Null: not limited. */
    @Column(name = "bytes")
    private Long bytes;

    /** Null: not limited. */
    @Column(name = "versions")
    private Long versions;

    protected QuotaRow() {}

    QuotaRow(Quota quota) {
        this.prefix = quota.prefix();
        this.bytes = quota.bytes().isPresent() ? (Long) quota.bytes().getAsLong() : null;
        this.versions = quota.versions().isPresent() ? (Long) quota.versions().getAsLong() : null;
    }

    Quota quota() {
        return new Quota(prefix, limit(bytes), limit(versions));
    }

    private static OptionalLong limit(Long number) {
        return number == null ? OptionalLong.empty() : OptionalLong.of(number);
    }
}
