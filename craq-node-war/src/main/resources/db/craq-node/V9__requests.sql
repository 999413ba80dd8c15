-- What was asked for under the write id: a request that is repeated has the same fingerprint, another one has another. NULL where
-- nobody knows: of the store's own writes, and of rows that an older build has written.
ALTER TABLE file_version ADD COLUMN request_fingerprint BIGINT;
