-- The role and the database of CRAQ on a PostgreSQL (14 or later) of your own. Run as its administrator:
--   psql -v ON_ERROR_STOP=1 -f create.sql
-- It asks for the password that the role gets: in the command line, others on the machine could read it. Where nobody is there to
-- answer, CRAQ_DB_PASSWORD in the environment is taken instead.
-- The tables are created by the applications when they start.
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

-- What a write is answered on must survive a power failure: each of these has to say "on".
SHOW fsync;
SHOW synchronous_commit;
SHOW full_page_writes;
