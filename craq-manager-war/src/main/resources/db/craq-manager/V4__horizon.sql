-- At or below it members forget tombstones and versions that retention has given up; never falls.
ALTER TABLE chain ADD COLUMN horizon BIGINT NOT NULL DEFAULT 0;
