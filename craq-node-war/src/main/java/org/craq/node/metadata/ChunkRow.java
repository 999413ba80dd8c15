package org.craq.node.metadata;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.io.Serializable;
import java.util.Objects;
import java.util.UUID;

/** Where one chunk lies on this node: a row of {@code chunk_metadata}. */
@Entity
@Table(name = "chunk_metadata")
@IdClass(ChunkRow.Key.class)
public class ChunkRow {
    static final String DIRTY = "DIRTY";
    static final String CLEAN = "CLEAN";

    @Id
    @Column(name = "node_id")
    String nodeId;

    @Column(name = "chain_id")
    String chainId;

    @Id
    @Column(name = "chunk_id")
    UUID chunkId;

    @Id
    @Column(name = "idx")
    int idx;

    @Column(name = "seq")
    long seq;

    @Column(name = "state")
    String state;

    @Column(name = "file_name")
    String fileName;

    @Column(name = "path")
    String path;

    @Column(name = "position")
    long position;

    @Column(name = "length")
    int length;

    @Column(name = "crc32c")
    int crc32c;

    /** Primary key. */
    public static class Key implements Serializable {
        private static final long serialVersionUID = 1L;

        String nodeId;
        UUID chunkId;
        int idx;

        public Key() {}

        @Override
        public boolean equals(Object other) {
            return other instanceof Key key
                    && idx == key.idx
                    && Objects.equals(chunkId, key.chunkId)
                    && Objects.equals(nodeId, key.nodeId);
        }

        @Override
        public int hashCode() {
            return Objects.hash(nodeId, chunkId, idx);
        }
    }
}
