-- Makes an empty PostgreSQL cluster ready for Slipway: roles, rights, extensions. Run once, by a
-- superuser, before the first migration; running it again changes nothing but the passwords:
--
--   psql -v ON_ERROR_STOP=1 -v database=slipway -v owner_password=... -v app_password=... \
--     -f init-prod.sql
--
-- slipway_owner owns the schema: migrations run under it (MIGRATION_DATABASE_URL), nothing else.
-- slipway_app owns nothing: the service runs under it (DATABASE_URL).
-- slipway_monitor, with -v monitor_password=..., reads the server's statistics and no table.
-- Tables belong to the migrations.

\set QUIET on
-- The passwords go over the connection and, when statements are logged, would go into the log.
SET log_statement = 'none';
SET log_min_duration_statement = -1;
SET log_min_error_statement = 'panic';
SET password_encryption = 'scram-sha-256';

SELECT 'CREATE ROLE slipway_owner'
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'slipway_owner') \gexec
SELECT 'CREATE ROLE slipway_app'
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'slipway_app') \gexec

ALTER ROLE slipway_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS
  PASSWORD :'owner_password';
ALTER ROLE slipway_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS
  PASSWORD :'app_password';

-- Whatever asks under this role ends in time, also behind a pooler, where the service can't say so
-- at the start of a session.
ALTER ROLE slipway_app SET statement_timeout = '30s';
ALTER ROLE slipway_app SET lock_timeout = '10s';
ALTER ROLE slipway_app SET idle_in_transaction_session_timeout = '30s';

\if :{?monitor_password}
SELECT 'CREATE ROLE slipway_monitor'
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'slipway_monitor') \gexec
ALTER ROLE slipway_monitor LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS
  CONNECTION LIMIT 5 PASSWORD :'monitor_password';
ALTER ROLE slipway_monitor SET statement_timeout = '10s';
ALTER ROLE slipway_monitor SET default_transaction_read_only = on;
GRANT pg_monitor TO slipway_monitor;
\endif

SELECT format('CREATE DATABASE %I OWNER slipway_owner TEMPLATE template0 ENCODING ''UTF8'' '
              'LC_COLLATE ''C.UTF-8'' LC_CTYPE ''C.UTF-8''', :'database')
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \gexec
ALTER DATABASE :"database" OWNER TO slipway_owner;

-- PUBLIC may connect to any database and make temporary tables in it, unless it is told otherwise.
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
REVOKE ALL ON DATABASE postgres FROM PUBLIC;
REVOKE ALL ON DATABASE template1 FROM PUBLIC;
GRANT CONNECT ON DATABASE :"database" TO slipway_app;
\if :{?monitor_password}
GRANT CONNECT ON DATABASE :"database" TO slipway_monitor;
\endif

\connect :"database"
SET log_statement = 'none';

CREATE EXTENSION IF NOT EXISTS pg_stat_statements;

ALTER SCHEMA public OWNER TO slipway_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO slipway_app;

-- Tables that later migrations make are usable at once. (Of the table of the migrations themselves
-- the runner leaves the reading.)
ALTER DEFAULT PRIVILEGES FOR ROLE slipway_owner IN SCHEMA public
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO slipway_app;
ALTER DEFAULT PRIVILEGES FOR ROLE slipway_owner IN SCHEMA public
  GRANT USAGE ON SEQUENCES TO slipway_app;
ALTER DEFAULT PRIVILEGES FOR ROLE slipway_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
