-- What browsers say of the votes they made, against which what is stored is held. One row per vote, the latest word.
CREATE TABLE vote_statement (
  vote_id    TEXT PRIMARY KEY CHECK (length(vote_id) = 36),
  session_id BIGINT NOT NULL REFERENCES session,
  state      TEXT NOT NULL CHECK (state IN ('waiting', 'received', 'refused')),
  retracted  BOOLEAN NOT NULL,
  stated_at  TEXT NOT NULL
);
CREATE INDEX vote_statement_session ON vote_statement (session_id);

-- Votes that were not stored, and why.
CREATE TABLE vote_refusal (
  vote_id    TEXT NOT NULL CHECK (length(vote_id) = 36),
  session_id BIGINT NOT NULL REFERENCES session,
  reason     TEXT NOT NULL CHECK (reason IN ('not_yours', 'other_content', 'already_answered', 'closed')),
  refused_at TEXT NOT NULL,
  PRIMARY KEY (session_id, vote_id)
);
