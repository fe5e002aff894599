-- People with roles in each study, the sign-ins they have open, and a log of what everybody changed.

-- A viewer changes nothing. Who signs in elsewhere has no password here.
ALTER TABLE account ALTER COLUMN password_hash DROP NOT NULL,
  DROP CONSTRAINT account_role_check,
  ADD CONSTRAINT account_role_check CHECK (role IN ('admin', 'researcher', 'viewer'));
ALTER TABLE invitation DROP CONSTRAINT invitation_role_check,
  ADD CONSTRAINT invitation_role_check CHECK (role IN ('admin', 'researcher', 'viewer'));

-- Who an identity provider says that somebody is. The subject stays when the address changes.
CREATE TABLE account_identity (
  issuer     TEXT NOT NULL,
  subject    TEXT NOT NULL,
  account_id BIGINT NOT NULL REFERENCES account,
  linked_at  TEXT NOT NULL,
  PRIMARY KEY (issuer, subject)
);

-- A browser that is signed in.
CREATE TABLE sign_in (
  sign_in_id   TEXT PRIMARY KEY CHECK (length(sign_in_id) = 36),
  account_id   BIGINT NOT NULL REFERENCES account,
  device       TEXT NOT NULL,
  signed_in_at TEXT NOT NULL,
  last_seen_at TEXT NOT NULL,
  ended_at     TEXT
);
CREATE INDEX sign_in_account ON sign_in (account_id);

-- Wrong passwords in a row, by what they were tried for: an address, whether it has an account or not, or a known browser of it.
CREATE TABLE sign_in_failure (
  key_sha256  TEXT PRIMARY KEY,
  failures    INTEGER NOT NULL CHECK (failures >= 1),
  last_at     TEXT NOT NULL,
  next_try_at TEXT NOT NULL
);

-- What somebody may do in a study. A pilot has the people of its study.
CREATE TABLE study_member (
  study_id   BIGINT NOT NULL REFERENCES study ON DELETE CASCADE,
  account_id BIGINT NOT NULL REFERENCES account,
  role       TEXT NOT NULL CHECK (role IN ('admin', 'researcher', 'viewer')),
  added_at   TEXT NOT NULL,
  PRIMARY KEY (study_id, account_id)
);
CREATE INDEX study_member_account ON study_member (account_id);

-- Everybody could work in every study, and still can; who made one decides from now on who else does.
INSERT INTO study_member (study_id, account_id, role, added_at)
SELECT s.study_id, a.account_id, CASE WHEN s.created_by_account_id = a.account_id THEN 'admin' ELSE 'researcher' END, s.created_at
FROM study s
CROSS JOIN account a
WHERE s.pilot_of_study_id IS NULL;

-- What was changed, by whom. Ids outlive what they name.
CREATE TABLE audit_entry (
  audit_entry_id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at             TEXT NOT NULL,
  actor          TEXT NOT NULL CHECK (actor IN ('account', 'command', 'portal', 'rater')),
  account_id     BIGINT REFERENCES account,
  command        TEXT,
  study_id       BIGINT,
  subject        TEXT NOT NULL,
  subject_id     TEXT,
  action         TEXT NOT NULL,
  before_json    TEXT,
  after_json     TEXT,
  CHECK ((actor = 'account') = (account_id IS NOT NULL) AND (actor = 'command') = (command IS NOT NULL))
);
CREATE INDEX audit_entry_study ON audit_entry (study_id, audit_entry_id);
CREATE INDEX audit_entry_account ON audit_entry (account_id, audit_entry_id);
CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE ON audit_entry FOR EACH ROW EXECUTE FUNCTION refuse_change();
