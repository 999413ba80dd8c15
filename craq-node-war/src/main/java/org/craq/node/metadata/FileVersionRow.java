package org.craq.node.metadata;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.io.Serializable;
import java.util.Objects;
import java.util.UUID;

/** One operation of one log entry: a row of {@code file_version}. */
@Entity
@Table(name = "file_version")
@IdClass(FileVersionRow.Key.class)
public class FileVersionRow {
    @Id
    @Column(name = "node_id")
    String nodeId;

    @Id
    @Column(name = "chain_id")
    String chainId;

    @Id
    @Column(name = "seq")
    long seq;

    @Id
    @Column(name = "file_name")
    String fileName;

    @Column(name = "epoch")
    long epoch;

    @Column(name = "write_id")
    UUID writeId;

    /** Fingerprint of the request that was made under the write id; null: unknown. */
    @Column(name = "request_fingerprint")
    Long request;

    @Column(name = "chunk_id")
    UUID chunkId;

    @Column(name = "chunk_size")
    int chunkSize;

    @Column(name = "length")
    long length;

    @Column(name = "crc32c")
    int crc32c;

    /** The contents of a body that has several; empty for a single one, which the columns above describe. */
    @Column(name = "parts")
    String parts = "";

    @Column(name = "content_type")
    String contentType;

    @Column(name = "user_metadata")
    String userMetadata;

    @Column(name = "deleted")
    boolean deleted;

    @Column(name = "created_at")
    long createdAt;

    /** True if retention has pruned the content. */
    @Column(name = "pruned")
    boolean pruned;

    /** True if another version brought the content, whether or not that version has been pruned since. */
    @Column(name = "shared")
    boolean shared;

    /** Primary key. */
    public static class Key implements Serializable {
        private static final long serialVersionUID = 1L;

        String nodeId;
        String chainId;
        long seq;
        String fileName;

        public Key() {}

        @Override
        public boolean equals(Object other) {
            return other instanceof Key key
                    && seq == key.seq
                    && Objects.equals(fileName, key.fileName)
                    && Objects.equals(chainId, key.chainId)
                    && Objects.equals(nodeId, key.nodeId);
        }

        @Override
        public int hashCode() {
            return Objects.hash(nodeId, chainId, seq, fileName);
        }
    }
}
