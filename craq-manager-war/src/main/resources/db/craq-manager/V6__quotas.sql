-- Limits of what is kept under a prefix of names. Part of the rights: every change raises their version.
CREATE TABLE quota (
    prefix   TEXT   NOT NULL PRIMARY KEY,
    -- NULL: not limited.
    bytes    BIGINT,
    versions BIGINT
);
