-- People with roles in each study, the sign-ins they have open, and a log of what everybody changed.
PRAGMA legacy_alter_table = ON; -- references to a table that is renamed stay as they are written

-- A viewer changes nothing. Who signs in elsewhere has no password here.
CREATE TABLE account_new (
  account_id          INTEGER PRIMARY KEY AUTOINCREMENT,
  email               TEXT NOT NULL UNIQUE CHECK (email = lower(email)),
  display_name        TEXT NOT NULL,
  role                TEXT NOT NULL CHECK (role IN ('admin', 'researcher', 'viewer')),
  password_hash       TEXT,
  password_changed_at TEXT NOT NULL,
  created_at          TEXT NOT NULL,
  disabled_at         TEXT
) STRICT;
INSERT INTO account_new
SELECT account_id, email, display_name, role, password_hash, password_changed_at, created_at, disabled_at
FROM account;
DELETE FROM sqlite_sequence WHERE name = 'account_new';
INSERT INTO sqlite_sequence (name, seq) SELECT 'account_new', seq FROM sqlite_sequence WHERE name = 'account';
DROP TABLE account;
ALTER TABLE account_new RENAME TO account;

CREATE TABLE invitation_new (
  invitation_id         INTEGER PRIMARY KEY AUTOINCREMENT,
  token_sha256          TEXT NOT NULL UNIQUE,
  role                  TEXT NOT NULL CHECK (role IN ('admin', 'researcher', 'viewer')),
  email                 TEXT CHECK (email = lower(email)),
  created_by_account_id INTEGER REFERENCES account,
  created_at            TEXT NOT NULL,
  expires_at            TEXT NOT NULL,
  used_at               TEXT
) STRICT;
INSERT INTO invitation_new
SELECT invitation_id, token_sha256, role, email, created_by_account_id, created_at, expires_at, used_at
FROM invitation;
DELETE FROM sqlite_sequence WHERE name = 'invitation_new';
INSERT INTO sqlite_sequence (name, seq) SELECT 'invitation_new', seq FROM sqlite_sequence WHERE name = 'invitation';
DROP TABLE invitation;
ALTER TABLE invitation_new RENAME TO invitation;

PRAGMA legacy_alter_table = OFF;

-- Who an identity provider says that somebody is. The subject stays when the address changes.
CREATE TABLE account_identity (
  issuer     TEXT NOT NULL,
  subject    TEXT NOT NULL,
  account_id INTEGER NOT NULL REFERENCES account,
  linked_at  TEXT NOT NULL,
  PRIMARY KEY (issuer, subject)
) STRICT;

-- A browser that is signed in.
CREATE TABLE sign_in (
  sign_in_id   TEXT PRIMARY KEY CHECK (length(sign_in_id) = 36),
  account_id   INTEGER NOT NULL REFERENCES account,
  device       TEXT NOT NULL,
  signed_in_at TEXT NOT NULL,
  last_seen_at TEXT NOT NULL,
  ended_at     TEXT
) STRICT;
CREATE INDEX sign_in_account ON sign_in (account_id);

-- Wrong passwords in a row, by what they were tried for: an address, whether it has an account or not, or a known browser of it.
CREATE TABLE sign_in_failure (
  key_sha256  TEXT PRIMARY KEY,
  failures    INTEGER NOT NULL CHECK (failures >= 1),
  last_at     TEXT NOT NULL,
  next_try_at TEXT NOT NULL
) STRICT;

-- What somebody may do in a study. A pilot has the people of its study.
CREATE TABLE study_member (
  study_id   INTEGER NOT NULL REFERENCES study ON DELETE CASCADE,
  account_id INTEGER NOT NULL REFERENCES account,
  role       TEXT NOT NULL CHECK (role IN ('admin', 'researcher', 'viewer')),
  added_at   TEXT NOT NULL,
  PRIMARY KEY (study_id, account_id)
) STRICT;
CREATE INDEX study_member_account ON study_member (account_id);

-- Everybody could work in every study, and still can; who made one decides from now on who else does.
INSERT INTO study_member (study_id, account_id, role, added_at)
SELECT s.study_id, a.account_id, CASE WHEN s.created_by_account_id = a.account_id THEN 'admin' ELSE 'researcher' END, s.created_at
FROM study s
CROSS JOIN account a
WHERE s.pilot_of_study_id IS NULL;

-- What was changed, by whom. Ids outlive what they name.
CREATE TABLE audit_entry (
  audit_entry_id INTEGER PRIMARY KEY AUTOINCREMENT,
  at             TEXT NOT NULL,
  actor          TEXT NOT NULL CHECK (actor IN ('account', 'command', 'portal', 'rater')),
  account_id     INTEGER REFERENCES account,
  command        TEXT,
  study_id       INTEGER,
  subject        TEXT NOT NULL,
  subject_id     TEXT,
  action         TEXT NOT NULL,
  before_json    TEXT,
  after_json     TEXT,
  CHECK ((actor = 'account') = (account_id IS NOT NULL) AND (actor = 'command') = (command IS NOT NULL))
) STRICT;
CREATE INDEX audit_entry_study ON audit_entry (study_id, audit_entry_id);
CREATE INDEX audit_entry_account ON audit_entry (account_id, audit_entry_id);
CREATE TRIGGER audit_entry_update BEFORE UPDATE ON audit_entry BEGIN SELECT RAISE(ABORT, 'audit_entry is append-only'); END;
CREATE TRIGGER audit_entry_delete BEFORE DELETE ON audit_entry BEGIN SELECT RAISE(ABORT, 'audit_entry is append-only'); END;
