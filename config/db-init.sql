-- What the database's init folder runs once, as superuser: database/init-prod.sql, with passwords from
-- the secrets. psql reads the files itself, so that no argument and no variable holds one.
\set database slipway
\set owner_password `cat /run/secrets/db_owner_password`
\set app_password `cat /run/secrets/db_app_password`
\set monitor_password `cat /run/secrets/db_monitor_password`
\ir /etc/postgresql/init-prod.sql
