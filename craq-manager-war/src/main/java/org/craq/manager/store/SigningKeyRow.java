package org.craq.manager.store;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.LocalDateTime;
import java.util.Base64;
import org.craq.security.Tokens;
import org.craq.security.UserRecords.Signer;

@Entity
@Table(name = "signing_key")
class SigningKeyRow {
    @Id
    @Column(name = "id")
    private String id;

    @Column(name = "public_key")
    private String publicKey;

    @Column(name = "created_at")
    private LocalDateTime createdAt;

    protected SigningKeyRow() {}

    SigningKeyRow(Signer signer) {
        id = signer.id();
        publicKey = Base64.getEncoder().encodeToString(signer.publicKey().getEncoded());
        createdAt = Columns.time(signer.created());
    }

    Signer signer() {
        return new Signer(id, Tokens.publicKey(Base64.getDecoder().decode(publicKey)), Columns.instant(createdAt));
    }
}
