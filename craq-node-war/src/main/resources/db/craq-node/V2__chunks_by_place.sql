-- Compaction, scrub and the start of a node ask which chunks lie in a segment, and where the last one ends.
CREATE INDEX chunk_metadata_by_place ON chunk_metadata (node_id, path, position);
