-- What the manager must remember: the nodes that registered, and the configuration of each chain.
-- Plain SQL that PostgreSQL and CockroachDB both run.

CREATE TABLE node (
    node_id       VARCHAR(63)  NOT NULL PRIMARY KEY,
    incarnation   VARCHAR(36)  NOT NULL,
    grpc_address  VARCHAR(300) NOT NULL,
    http_url      VARCHAR(300) NOT NULL,
    -- This incarnation was removed from a chain and must not come back; the node has to start a new one.
    retired       BOOLEAN      NOT NULL,
    registered_at TIMESTAMP    NOT NULL
);

CREATE TABLE chain (
    chain_id VARCHAR(63) NOT NULL PRIMARY KEY,
    epoch    BIGINT      NOT NULL,
    -- Counts every change; whoever changes the chain compares it first.
    revision BIGINT      NOT NULL
);

CREATE TABLE chain_member (
    chain_id     VARCHAR(63)  NOT NULL REFERENCES chain (chain_id),
    -- 0 is the head.
    position     INT          NOT NULL,
    node_id      VARCHAR(63)  NOT NULL,
    incarnation  VARCHAR(36)  NOT NULL,
    grpc_address VARCHAR(300) NOT NULL,
    http_url     VARCHAR(300) NOT NULL,
    complete     BOOLEAN      NOT NULL,
    -- Catches up behind the tail.
    learner      BOOLEAN      NOT NULL,
    PRIMARY KEY (chain_id, position),
    UNIQUE (chain_id, node_id)
);
