-- What a node no longer keeps.

-- The content of a version that retention has given up is gone; its row stays up to the chain's horizon.
ALTER TABLE file_version ADD COLUMN pruned BOOLEAN NOT NULL DEFAULT FALSE;

-- Of each file only the newest versions: what readers ask for, however often a file was written.
CREATE INDEX file_version_kept ON file_version (node_id, chain_id, file_name, seq) WHERE NOT pruned;

-- At or below forgotten_mark rows of the log may be missing; up to forgotten_done all that may go has gone.
ALTER TABLE replica_state ADD COLUMN forgotten_mark BIGINT NOT NULL DEFAULT 0;
ALTER TABLE replica_state ADD COLUMN forgotten_done BIGINT NOT NULL DEFAULT 0;
-- Up to here retention has been applied to what became clean.
ALTER TABLE replica_state ADD COLUMN retention_mark BIGINT NOT NULL DEFAULT 0;
