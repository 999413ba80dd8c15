-- Who may do what. All rows together are read at once, and every change raises the version.

CREATE TABLE rights_version (
    -- There is one row, 'rights'.
    name    VARCHAR(16) NOT NULL PRIMARY KEY,
    version BIGINT      NOT NULL
);

INSERT INTO rights_version (name, version) VALUES ('rights', 1);

CREATE TABLE craq_user (
    name        VARCHAR(63)  NOT NULL PRIMARY KEY,
    enabled     BOOLEAN      NOT NULL,
    -- PBKDF2; without one the user has keys or a certificate only.
    password    VARCHAR(200),
    -- Tokens that were issued before are not accepted.
    tokens_from TIMESTAMP    NOT NULL,
    -- One ROLE:PREFIX a line.
    grants      TEXT         NOT NULL,
    created_at  TIMESTAMP    NOT NULL
);

CREATE TABLE access_key (
    id          VARCHAR(20) NOT NULL PRIMARY KEY,
    user_name   VARCHAR(63) NOT NULL,
    -- SHA-256 of the secret, 64 hexadecimal digits.
    secret_hash VARCHAR(64) NOT NULL,
    -- A deleted key stays known, so that nothing can bring it back.
    deleted     BOOLEAN     NOT NULL,
    expires_at  TIMESTAMP,
    -- What it may do at most, one ROLE:PREFIX a line; NULL for all that its user may do.
    limits      TEXT,
    created_at  TIMESTAMP   NOT NULL
);

-- Public keys with which tokens are verified. The private halves are in the managers' memory only.
CREATE TABLE signing_key (
    id         VARCHAR(64)  NOT NULL PRIMARY KEY,
    public_key VARCHAR(200) NOT NULL,
    created_at TIMESTAMP    NOT NULL
);

CREATE TABLE revoked_token (
    id         VARCHAR(36) NOT NULL PRIMARY KEY,
    -- When the token expires by itself and the row is no longer needed.
    expires_at TIMESTAMP   NOT NULL
);
