-- A version's bytes may be several contents, one behind the other. Readers find them in file_version.parts, one to a line: id, chunk
-- size, length, CRC32C; retention finds here which versions need a content.
ALTER TABLE file_version ADD COLUMN parts TEXT NOT NULL DEFAULT '';

CREATE TABLE version_part (
    node_id   VARCHAR(63)      NOT NULL,
    chain_id  VARCHAR(63)      NOT NULL,
    seq       BIGINT           NOT NULL,
    file_name TEXT COLLATE "C" NOT NULL,
    part      INT              NOT NULL,
    chunk_id  UUID             NOT NULL,
    PRIMARY KEY (node_id, chain_id, seq, file_name, part),
    FOREIGN KEY (node_id, chain_id, seq, file_name) REFERENCES file_version ON DELETE CASCADE
);
CREATE INDEX version_part_by_content ON version_part (node_id, chunk_id);
