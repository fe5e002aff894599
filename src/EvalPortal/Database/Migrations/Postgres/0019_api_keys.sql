-- Secrets with which scripts act as the account that made them. As of a link, the hash is kept and nothing else.
CREATE TABLE api_key (
  api_key_id    BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  account_id    BIGINT NOT NULL REFERENCES account,
  name          TEXT NOT NULL,
  secret_start  TEXT NOT NULL, -- by which a person knows it again
  secret_sha256 TEXT NOT NULL UNIQUE,
  scopes        TEXT NOT NULL, -- with spaces between
  created_at    TEXT NOT NULL,
  expires_at    TEXT,
  last_used_at  TEXT,
  revoked_at    TEXT
);
CREATE INDEX api_key_account ON api_key (account_id);

-- What was answered to requests that name themselves, so that one that is sent again makes nothing again.
CREATE TABLE api_request (
  api_key_id      BIGINT NOT NULL REFERENCES api_key,
  idempotency_key TEXT NOT NULL,
  request_sha256  TEXT NOT NULL,
  started_at      TEXT NOT NULL,
  status          INTEGER, -- null while it is being answered
  location        TEXT,
  body            TEXT,
  PRIMARY KEY (api_key_id, idempotency_key)
);
CREATE INDEX api_request_started ON api_request (started_at);
