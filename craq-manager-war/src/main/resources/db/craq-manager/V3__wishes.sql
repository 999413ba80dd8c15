-- What people have asked of a chain. Without a row the settings hold.

CREATE TABLE chain_wish (
    chain_id VARCHAR(63)   NOT NULL PRIMARY KEY,
    -- How many members the chain should have.
    length   INT           NOT NULL,
    -- Node ids, separated by spaces: to be taken before others.
    wanted   VARCHAR(4000) NOT NULL,
    -- Node ids, separated by spaces: to be removed, and not to be taken again.
    unwanted VARCHAR(4000) NOT NULL,
    -- Counts every change; whoever changes the wish compares it first.
    revision BIGINT        NOT NULL
);
