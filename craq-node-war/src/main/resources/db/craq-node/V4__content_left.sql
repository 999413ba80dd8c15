-- Contents whose versions have been forgotten while somebody read them: their chunks go when the readers have ended.
CREATE TABLE content_left (
    node_id  VARCHAR(63) NOT NULL,
    chain_id VARCHAR(63) NOT NULL,
    chunk_id UUID        NOT NULL,
    PRIMARY KEY (node_id, chain_id, chunk_id)
);
