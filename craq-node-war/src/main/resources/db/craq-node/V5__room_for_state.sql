-- Each row is written once more when its chunk becomes clean. With room for that in its page the indexes stay as they are.
ALTER TABLE chunk_metadata SET (fillfactor = 70);
