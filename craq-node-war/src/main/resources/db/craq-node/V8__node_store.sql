-- Tells an older copy of this database, or another one, from the one that a node's disk has seen last.

-- The course of changes that the database is a part of. The disk knows it too; a fresh one begins whenever the two have parted.
CREATE TABLE node_store (
    node_id VARCHAR(63) NOT NULL,
    history UUID        NOT NULL,
    PRIMARY KEY (node_id)
);

-- Grows with each transaction that changes the log, its marks, or where its chunks lie.
ALTER TABLE replica_state ADD COLUMN changes BIGINT NOT NULL DEFAULT 0;
