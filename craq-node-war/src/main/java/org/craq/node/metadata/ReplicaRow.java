package org.craq.node.metadata;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.io.Serializable;
import java.util.Objects;
import java.util.UUID;

/** A member's marks and the incarnation that may move them: a row of {@code replica_state}. */
@Entity
@Table(name = "replica_state")
@IdClass(ReplicaRow.Key.class)
public class ReplicaRow {
    @Id
    @Column(name = "node_id")
    String nodeId;

    @Id
    @Column(name = "chain_id")
    String chainId;

    @Column(name = "incarnation")
    UUID incarnation;

    @Column(name = "last_seq")
    long lastSeq;

    @Column(name = "commit_mark")
    long commitMark;

    @Column(name = "forgotten_mark")
    long forgottenMark;

    @Column(name = "forgotten_done")
    long forgottenDone;

    @Column(name = "retention_mark")
    long retentionMark;

    @Column(name = "changes")
    long changes;

    /** Primary key. */
    public static class Key implements Serializable {
        private static final long serialVersionUID = 1L;

        String nodeId;
        String chainId;

        public Key() {}

        @Override
        public boolean equals(Object other) {
            return other instanceof Key key
                    && Objects.equals(chainId, key.chainId)
                    && Objects.equals(nodeId, key.nodeId);
        }

        @Override
        public int hashCode() {
            return Objects.hash(nodeId, chainId);
        }
    }
}
