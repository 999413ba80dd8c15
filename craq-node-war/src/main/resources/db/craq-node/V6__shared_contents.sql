-- Copies share the content of another version, whose chunks name the one that brought it. The others are found here
-- before a content is given up.
ALTER TABLE file_version ADD COLUMN shared BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX file_version_shared ON file_version (node_id, chunk_id) WHERE shared;
