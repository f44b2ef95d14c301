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

-- What was written stays: whoever may use the owner's tables by default may not change this one.
DO $$
DECLARE
  grantee name;
BEGIN
  FOR grantee IN
    SELECT DISTINCT p.grantee FROM information_schema.table_privileges AS p
    WHERE p.table_schema = current_schema AND p.table_name = 'audit_log'
      AND p.grantee NOT IN (current_user, 'PUBLIC')
  LOOP
    EXECUTE format('REVOKE UPDATE, DELETE ON audit_log FROM %I', grantee);
  END LOOP;
END $$;
