-- The role and the database of CRAQ on a PostgreSQL (14 or later) of your own. Run as its administrator:
--   psql -v ON_ERROR_STOP=1 -v password='...' -f create.sql
-- The tables are created by the applications when they start.
CREATE ROLE craq LOGIN PASSWORD :'password';
CREATE DATABASE craq OWNER craq ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0;

-- What a write is answered on must survive a power failure: each of these has to say "on".
SHOW fsync;
SHOW synchronous_commit;
SHOW full_page_writes;
