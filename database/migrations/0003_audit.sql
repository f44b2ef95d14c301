-- oldest-service: 0.1.0
-- What was done to users, by whom. No foreign key: entries outlive their user.

CREATE TABLE audit_log (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id    bigint      NOT NULL,
  version    bigint      NOT NULL,  -- of the user, after the change
  action     text        NOT NULL CHECK (action IN ('create', 'update', 'delete')),
  subject    text        NOT NULL,  -- of the token; empty without one
  request_id text        NOT NULL,
  created_at timestamptz NOT NULL,
  before     jsonb,                 -- the user as clients see it; NULL: there was none
  after      jsonb
);

CREATE INDEX audit_log_user_id ON audit_log (user_id, id);
