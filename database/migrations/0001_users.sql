-- oldest-service: 0.1.0
-- The key columns hold what uniqueness is judged by; the service fills them (USER_RULES). They are
-- compared by bytes, which is by code points: the list's prefixes are ranges of their indexes.

CREATE TABLE users (
  id           bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  username     text        NOT NULL,
  email        text        NOT NULL,
  username_key text        COLLATE "C" NOT NULL,
  email_key    text        COLLATE "C" NOT NULL,
  is_active    boolean     NOT NULL,
  created_at   timestamptz NOT NULL,
  updated_at   timestamptz NOT NULL,
  version      bigint      NOT NULL
);

CREATE UNIQUE INDEX users_username_key ON users (username_key);
CREATE UNIQUE INDEX users_email_key ON users (email_key);
CREATE INDEX users_is_active ON users (is_active, id);
