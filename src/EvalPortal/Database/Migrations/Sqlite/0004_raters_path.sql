-- Who rates -----------------------------------------------------------------------------------------------------------

-- How people get into a study. Without a row: by the open link, on any screen.
CREATE TABLE study_entry (
  study_id              INTEGER PRIMARY KEY REFERENCES study ON DELETE CASCADE,
  open_link             INTEGER NOT NULL CHECK (open_link IN (0, 1)),
  min_viewport_w        INTEGER CHECK (min_viewport_w >= 1),
  min_viewport_h        INTEGER CHECK (min_viewport_h >= 1),
  panel                 TEXT CHECK (panel IN ('prolific', 'other')),
  participant_parameter TEXT,
  completion_address    TEXT,
  completion_code       TEXT,
  screen_out_code       TEXT,
  keeps_participant_ids INTEGER NOT NULL CHECK (keeps_participant_ids IN (0, 1)),
  CHECK ((min_viewport_w IS NULL) = (min_viewport_h IS NULL)),
  CHECK ((panel IS NOT NULL) OR keeps_participant_ids = 0)
) STRICT;

-- A person with an id that a panel gave them. Here is only what the portal's key makes of the id.
CREATE TABLE participant (
  participant_id INTEGER PRIMARY KEY AUTOINCREMENT,
  study_id       INTEGER NOT NULL,
  id_hmac        TEXT NOT NULL,
  rater_id       INTEGER NOT NULL,
  created_at     TEXT NOT NULL,
  UNIQUE (study_id, id_hmac),
  UNIQUE (study_id, rater_id),
  FOREIGN KEY (rater_id, study_id) REFERENCES session (rater_id, study_id)
) STRICT;
CREATE INDEX participant_id_hmac ON participant (id_hmac);

-- The id itself, only where a study says that it needs it for pay.
CREATE TABLE participant_pay (
  participant_id INTEGER PRIMARY KEY REFERENCES participant ON DELETE CASCADE,
  panel_id       TEXT NOT NULL,
  panel_study    TEXT,
  panel_session  TEXT
) STRICT;

-- A personal link is made of the number and a signature, so that nothing here opens it.
CREATE TABLE rater_invitation (
  rater_invitation_id   INTEGER PRIMARY KEY AUTOINCREMENT,
  study_id              INTEGER NOT NULL REFERENCES study,
  number                INTEGER NOT NULL CHECK (number >= 1),
  rater_id              INTEGER,
  created_by_account_id INTEGER REFERENCES account,
  created_at            TEXT NOT NULL,
  revoked_at            TEXT,
  withdrawn_at          TEXT,
  UNIQUE (study_id, number),
  UNIQUE (study_id, rater_id),
  FOREIGN KEY (rater_id, study_id) REFERENCES session (rater_id, study_id)
) STRICT;

-- How a rater's part ended, for pay. Whether their votes are used is another matter. Reasons are open: later checks add theirs.
CREATE TABLE completion (
  session_id INTEGER PRIMARY KEY REFERENCES session,
  status     TEXT NOT NULL CHECK (status IN ('completed', 'screened_out')),
  reason     TEXT,
  answers    INTEGER NOT NULL CHECK (answers >= 0),
  decided_at TEXT NOT NULL,
  CHECK ((status = 'screened_out') = (reason IS NOT NULL))
) STRICT;

-- Withdrawal -----------------------------------------------------------------------------------------------------------

-- A rater who left a study for good: their votes are erased and no more are taken.
CREATE TABLE withdrawal (
  session_id   INTEGER PRIMARY KEY REFERENCES session,
  withdrawn_at TEXT NOT NULL
) STRICT;

-- All that stays of a vote that was erased.
CREATE TABLE erased_vote (
  vote_id    TEXT PRIMARY KEY CHECK (length(vote_id) = 36),
  session_id INTEGER NOT NULL REFERENCES withdrawal
) STRICT;
CREATE INDEX erased_vote_session ON erased_vote (session_id);

CREATE TRIGGER withdrawal_update BEFORE UPDATE ON withdrawal BEGIN SELECT RAISE(ABORT, 'withdrawal is append-only'); END;
CREATE TRIGGER withdrawal_delete BEFORE DELETE ON withdrawal BEGIN SELECT RAISE(ABORT, 'withdrawal is append-only'); END;
CREATE TRIGGER erased_vote_update BEFORE UPDATE ON erased_vote BEGIN SELECT RAISE(ABORT, 'erased_vote is append-only'); END;
CREATE TRIGGER erased_vote_delete BEFORE DELETE ON erased_vote BEGIN SELECT RAISE(ABORT, 'erased_vote is append-only'); END;

-- Only votes of somebody who withdrew can be written down as erased, only those can be deleted, and no vote comes after.
CREATE TRIGGER erased_vote_insert BEFORE INSERT ON erased_vote
WHEN NOT EXISTS (
  SELECT 1 FROM vote JOIN assignment ON assignment.assignment_id = vote.assignment_id
  WHERE vote.vote_id = NEW.vote_id AND assignment.session_id = NEW.session_id)
BEGIN SELECT RAISE(ABORT, 'erased_vote names a vote that is not the rater''s'); END;

DROP TRIGGER vote_delete;
CREATE TRIGGER vote_delete BEFORE DELETE ON vote
WHEN NOT EXISTS (SELECT 1 FROM erased_vote WHERE erased_vote.vote_id = OLD.vote_id)
BEGIN SELECT RAISE(ABORT, 'vote is append-only'); END;

DROP TRIGGER vote_retraction_delete;
CREATE TRIGGER vote_retraction_delete BEFORE DELETE ON vote_retraction
WHEN NOT EXISTS (SELECT 1 FROM erased_vote WHERE erased_vote.vote_id = OLD.vote_id)
BEGIN SELECT RAISE(ABORT, 'vote_retraction is append-only'); END;

CREATE TRIGGER vote_after_withdrawal BEFORE INSERT ON vote
WHEN EXISTS (
  SELECT 1 FROM assignment JOIN withdrawal ON withdrawal.session_id = assignment.session_id
  WHERE assignment.assignment_id = NEW.assignment_id)
BEGIN SELECT RAISE(ABORT, 'the rater has withdrawn from the study'); END;
