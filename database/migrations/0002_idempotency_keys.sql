-- oldest-service: 0.1.0
-- The answers to writes that came with an Idempotency-Key, kept for 24 hours.

CREATE TABLE idempotency_keys (
  subject      text        COLLATE "C" NOT NULL,  -- of the token; empty without one
  key          text        COLLATE "C" NOT NULL,
  fingerprint  text        NOT NULL,  -- SHA-256 of the request
  status       bigint      NOT NULL,
  content_type text        NOT NULL,
  location     text,
  etag         text,
  body         text        NOT NULL,
  created_at   timestamptz NOT NULL,
  PRIMARY KEY (subject, key)
);

CREATE INDEX idempotency_keys_created_at ON idempotency_keys (created_at);
