-- Creates a role, and a database of the same name that no other role may use, on a PostgreSQL (14 or later) of your own. Run it as
-- the database's administrator, once for all managers and once for each node:
--   psql -v ON_ERROR_STOP=1 -v role=craq_manager -f create.sql
--   psql -v ON_ERROR_STOP=1 -v role=craq_node_n1 -f create.sql
-- Without "-v role=..." the role is craq, which all servers may share: then each of them can change the data of all others.
-- It prompts for the password of the role, since other users of the machine could read it on the command line. For use without
-- a terminal, set CRAQ_DB_PASSWORD in the environment.
-- The applications create the tables when they start.
\if :{?role}
\else
  \set role craq
\endif
\if :{?password}
\else
  \set password `echo "$CRAQ_DB_PASSWORD"`
\endif
SELECT :'password' = '' AS ask \gset
CREATE ROLE :"role" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE;
\if :ask
  \password :"role"
\else
  ALTER ROLE :"role" PASSWORD :'password';
\endif
CREATE DATABASE :"role" OWNER :"role" ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0;
-- By default every role may connect to every database.
REVOKE ALL ON DATABASE :"role" FROM PUBLIC;

-- An acknowledged write must survive a power failure, so each of these must be "on".
SHOW fsync;
SHOW synchronous_commit;
SHOW full_page_writes;
