package org.craq.node.metadata;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.io.Serializable;
import java.util.Objects;

/** Where an epoch begins in this node's log: a row of {@code log_epoch}. */
@Entity
@Table(name = "log_epoch")
@IdClass(EpochRow.Key.class)
public class EpochRow {
    @Id
    @Column(name = "node_id")
    String nodeId;

    @Id
    @Column(name = "chain_id")
    String chainId;

    @Id
    @Column(name = "epoch")
    long epoch;

    @Column(name = "first_seq")
    long firstSeq;

    /** Primary key. */
    public static class Key implements Serializable {
        private static final long serialVersionUID = 1L;

        String nodeId;
        String chainId;
        long epoch;

        public Key() {}

        @Override
        public boolean equals(Object other) {
            return other instanceof Key key
                    && epoch == key.epoch
                    && Objects.equals(chainId, key.chainId)
                    && Objects.equals(nodeId, key.nodeId);
        }

        @Override
        public int hashCode() {
            return Objects.hash(nodeId, chainId, epoch);
        }
    }
}
