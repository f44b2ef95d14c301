-- oldest-service: 0.1.0
-- What was done to users, by whom. No foreign key: entries outlive their user.

CREATE TABLE audit_log (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id    INTEGER NOT NULL,
  version    INTEGER NOT NULL,  -- of the user, after the change
  action     TEXT    NOT NULL CHECK (action IN ('create', 'update', 'delete')),
  subject    TEXT    NOT NULL,  -- of the token; empty without one
  request_id TEXT    NOT NULL,
  created_at INTEGER NOT NULL,
  before     TEXT,              -- the user as clients see it, JSON; NULL: there was none
  after      TEXT
) STRICT;

CREATE INDEX audit_log_user_id ON audit_log (user_id, id);
