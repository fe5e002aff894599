-- Who rates -----------------------------------------------------------------------------------------------------------

-- How people get into a study. Without a row: by the open link, on any screen.
CREATE TABLE study_entry (
  study_id              BIGINT PRIMARY KEY REFERENCES study ON DELETE CASCADE,
  open_link             BOOLEAN NOT NULL,
  min_viewport_w        INTEGER CHECK (min_viewport_w >= 1),
  min_viewport_h        INTEGER CHECK (min_viewport_h >= 1),
  panel                 TEXT CHECK (panel IN ('prolific', 'other')),
  participant_parameter TEXT,
  completion_address    TEXT,
  completion_code       TEXT,
  screen_out_code       TEXT,
  keeps_participant_ids BOOLEAN NOT NULL,
  CHECK ((min_viewport_w IS NULL) = (min_viewport_h IS NULL)),
  CHECK ((panel IS NOT NULL) OR NOT keeps_participant_ids)
);

-- A person with an id that a panel gave them. Here is only what the portal's key makes of the id.
CREATE TABLE participant (
  participant_id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  study_id       BIGINT NOT NULL,
  id_hmac        TEXT NOT NULL,
  rater_id       BIGINT NOT NULL,
  created_at     TEXT NOT NULL,
  UNIQUE (study_id, id_hmac),
  UNIQUE (study_id, rater_id),
  FOREIGN KEY (rater_id, study_id) REFERENCES session (rater_id, study_id)
);
CREATE INDEX participant_id_hmac ON participant (id_hmac);

-- The id itself, only where a study says that it needs it for pay.
CREATE TABLE participant_pay (
  participant_id BIGINT PRIMARY KEY REFERENCES participant ON DELETE CASCADE,
  panel_id       TEXT NOT NULL,
  panel_study    TEXT,
  panel_session  TEXT
);

-- A personal link is made of the number and a signature, so that nothing here opens it.
CREATE TABLE rater_invitation (
  rater_invitation_id   BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  study_id              BIGINT NOT NULL REFERENCES study,
  number                INTEGER NOT NULL CHECK (number >= 1),
  rater_id              BIGINT,
  created_by_account_id BIGINT REFERENCES account,
  created_at            TEXT NOT NULL,
  revoked_at            TEXT,
  withdrawn_at          TEXT,
  UNIQUE (study_id, number),
  UNIQUE (study_id, rater_id),
  FOREIGN KEY (rater_id, study_id) REFERENCES session (rater_id, study_id)
);

-- How a rater's part ended, for pay. Whether their votes are used is another matter. Reasons are open: later checks add theirs.
CREATE TABLE completion (
  session_id BIGINT PRIMARY KEY REFERENCES session,
  status     TEXT NOT NULL CHECK (status IN ('completed', 'screened_out')),
  reason     TEXT,
  answers    INTEGER NOT NULL CHECK (answers >= 0),
  decided_at TEXT NOT NULL,
  CHECK ((status = 'screened_out') = (reason IS NOT NULL))
);

-- Withdrawal -----------------------------------------------------------------------------------------------------------

-- A rater who left a study for good: their votes are erased and no more are taken.
CREATE TABLE withdrawal (
  session_id   BIGINT PRIMARY KEY REFERENCES session,
  withdrawn_at TEXT NOT NULL
);

-- All that stays of a vote that was erased.
CREATE TABLE erased_vote (
  vote_id    TEXT PRIMARY KEY CHECK (length(vote_id) = 36),
  session_id BIGINT NOT NULL REFERENCES withdrawal
);
CREATE INDEX erased_vote_session ON erased_vote (session_id);

CREATE TRIGGER withdrawal_append_only BEFORE UPDATE OR DELETE ON withdrawal FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER erased_vote_append_only BEFORE UPDATE OR DELETE ON erased_vote FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Only votes of somebody who withdrew can be written down as erased, only those can be deleted, and no vote comes after.
CREATE FUNCTION refuse_foreign_erasure() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM vote JOIN assignment ON assignment.assignment_id = vote.assignment_id
    WHERE vote.vote_id = NEW.vote_id AND assignment.session_id = NEW.session_id) THEN
    RAISE EXCEPTION 'erased_vote names a vote that is not the rater''s';
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION refuse_unless_erased() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
  IF TG_OP = 'UPDATE' OR NOT EXISTS (SELECT 1 FROM erased_vote WHERE erased_vote.vote_id = OLD.vote_id) THEN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
  END IF;
  RETURN OLD;
END $$;

-- The lock makes a vote wait for a withdrawal that is under way, and a withdrawal for the vote.
CREATE FUNCTION refuse_after_withdrawal() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
  PERFORM 1 FROM session WHERE session.rater_id = NEW.rater_id AND session.study_id = NEW.study_id FOR SHARE;
  IF EXISTS (
    SELECT 1 FROM assignment JOIN withdrawal ON withdrawal.session_id = assignment.session_id
    WHERE assignment.assignment_id = NEW.assignment_id) THEN
    RAISE EXCEPTION 'the rater has withdrawn from the study';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER erased_vote_own BEFORE INSERT ON erased_vote FOR EACH ROW EXECUTE FUNCTION refuse_foreign_erasure();
DROP TRIGGER vote_append_only ON vote;
CREATE TRIGGER vote_append_only BEFORE UPDATE OR DELETE ON vote FOR EACH ROW EXECUTE FUNCTION refuse_unless_erased();
DROP TRIGGER vote_retraction_append_only ON vote_retraction;
CREATE TRIGGER vote_retraction_append_only BEFORE UPDATE OR DELETE ON vote_retraction FOR EACH ROW EXECUTE FUNCTION refuse_unless_erased();
CREATE TRIGGER vote_after_withdrawal BEFORE INSERT ON vote FOR EACH ROW EXECUTE FUNCTION refuse_after_withdrawal();
