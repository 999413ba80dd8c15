-- A node's own metadata. Every row belongs to one node, so nodes may share a database or have one each.
-- Plain SQL that PostgreSQL and CockroachDB both run.

CREATE TABLE file_version (
    node_id       VARCHAR(63)       NOT NULL,
    chain_id      VARCHAR(63)       NOT NULL,
    seq           BIGINT            NOT NULL,
    file_name     TEXT COLLATE "C"  NOT NULL,
    epoch         BIGINT            NOT NULL,
    write_id      UUID              NOT NULL,
    chunk_id      UUID              NOT NULL, -- nil for a tombstone
    chunk_size    INT               NOT NULL,
    length        BIGINT            NOT NULL,
    crc32c        INT               NOT NULL,
    content_type  TEXT              NOT NULL,
    user_metadata TEXT              NOT NULL,
    deleted       BOOLEAN           NOT NULL,
    created_at    BIGINT            NOT NULL, -- milliseconds since 1970, the head's clock
    PRIMARY KEY (node_id, chain_id, seq, file_name)
);
CREATE INDEX file_version_by_name ON file_version (node_id, chain_id, file_name, seq);
CREATE INDEX file_version_by_write ON file_version (node_id, chain_id, write_id);

CREATE TABLE chunk_metadata (
    node_id   VARCHAR(63)      NOT NULL,
    chain_id  VARCHAR(63)      NOT NULL,
    chunk_id  UUID             NOT NULL,
    idx       INT              NOT NULL,
    seq       BIGINT           NOT NULL,
    state     VARCHAR(5)       NOT NULL, -- DIRTY or CLEAN, written behind the commit mark
    file_name TEXT COLLATE "C" NOT NULL,
    path      TEXT             NOT NULL, -- segment file, within the node's chunk store
    position  BIGINT           NOT NULL, -- of the record in the segment, bytes
    length    INT              NOT NULL, -- of the chunk, bytes
    crc32c    INT              NOT NULL,
    PRIMARY KEY (node_id, chunk_id, idx)
);
CREATE INDEX chunk_metadata_by_seq ON chunk_metadata (node_id, chain_id, seq);

CREATE TABLE replica_state (
    node_id     VARCHAR(63) NOT NULL,
    chain_id    VARCHAR(63) NOT NULL,
    incarnation UUID        NOT NULL, -- the only life of the node whose batches may be committed
    last_seq    BIGINT      NOT NULL,
    commit_mark BIGINT      NOT NULL, -- written behind
    PRIMARY KEY (node_id, chain_id)
);

-- Where each epoch begins in this node's log: finds where two logs part, even when versions have been pruned.
CREATE TABLE log_epoch (
    node_id   VARCHAR(63) NOT NULL,
    chain_id  VARCHAR(63) NOT NULL,
    epoch     BIGINT      NOT NULL,
    first_seq BIGINT      NOT NULL,
    PRIMARY KEY (node_id, chain_id, epoch)
);
