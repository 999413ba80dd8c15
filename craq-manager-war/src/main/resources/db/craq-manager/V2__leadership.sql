-- Which of several managers leads. One row, which is always there; changed only by comparing its beat.

CREATE TABLE manager_lease (
    name            VARCHAR(63)  NOT NULL PRIMARY KEY,
    -- One leadership: whoever writes on the leader's behalf checks that the row still has it.
    term            VARCHAR(36)  NOT NULL,
    -- Empty until somebody has led.
    holder          VARCHAR(300) NOT NULL,
    grpc_address    VARCHAR(300) NOT NULL,
    http_url        VARCHAR(300) NOT NULL,
    -- Counts every change. A standby takes over when it has stood still for the takeover time.
    beat            BIGINT       NOT NULL,
    -- Given up by its holder: free for anybody at once.
    released        BOOLEAN      NOT NULL,
    -- How long it must have stood still before another manager may claim it.
    takeover_millis BIGINT       NOT NULL,
    since           TIMESTAMP    NOT NULL
);

INSERT INTO manager_lease (name, term, holder, grpc_address, http_url, beat, released, takeover_millis, since)
VALUES ('leader', '00000000-0000-0000-0000-000000000000', '', '', '', 0, TRUE, 0, CURRENT_TIMESTAMP);
