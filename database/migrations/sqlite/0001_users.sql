-- oldest-service: 0.1.0
-- Times are microseconds since 1970-01-01 UTC. The key columns hold what uniqueness is judged by;
-- the service fills them (USER_RULES).

CREATE TABLE users (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,  -- never given twice, deleted ones included
  username     TEXT    NOT NULL,
  email        TEXT    NOT NULL,
  username_key TEXT    NOT NULL,
  email_key    TEXT    NOT NULL,
  is_active    INTEGER NOT NULL CHECK (is_active IN (0, 1)),
  created_at   INTEGER NOT NULL,
  updated_at   INTEGER NOT NULL,
  version      INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX users_username_key ON users (username_key);
CREATE UNIQUE INDEX users_email_key ON users (email_key);
CREATE INDEX users_is_active ON users (is_active, id);
