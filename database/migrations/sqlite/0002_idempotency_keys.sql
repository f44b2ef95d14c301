-- oldest-service: 0.1.0
-- The answers to writes that came with an Idempotency-Key, kept for 24 hours.

CREATE TABLE idempotency_keys (
  subject      TEXT    NOT NULL,  -- of the token; empty without one
  key          TEXT    NOT NULL,
  fingerprint  TEXT    NOT NULL,  -- SHA-256 of the request
  status       INTEGER NOT NULL,
  content_type TEXT    NOT NULL,
  location     TEXT,
  etag         TEXT,
  body         TEXT    NOT NULL,
  created_at   INTEGER NOT NULL,
  PRIMARY KEY (subject, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX idempotency_keys_created_at ON idempotency_keys (created_at);
