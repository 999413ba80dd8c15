-- Creates CRAQ's role and database on a PostgreSQL (14 or later) of your own. Run it as the database's administrator:
--   psql -v ON_ERROR_STOP=1 -f create.sql
-- It prompts for the password of the role, since other users of the machine could read it on the command line. For use without
-- a terminal, set CRAQ_DB_PASSWORD in the environment.
-- The applications create the tables when they start.
\if :{?password}
\else
  \set password `echo "$CRAQ_DB_PASSWORD"`
\endif
SELECT :'password' = '' AS ask \gset
CREATE ROLE craq LOGIN;
\if :ask
  \password craq
\else
  ALTER ROLE craq PASSWORD :'password';
\endif
CREATE DATABASE craq OWNER craq ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0;

-- An acknowledged write must survive a power failure, so each of these must be "on".
SHOW fsync;
SHOW synchronous_commit;
SHOW full_page_writes;
