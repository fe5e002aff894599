-- Times are UTC ISO 8601 text with milliseconds, so that text order is time order.

CREATE TABLE setting (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
);

-- People who run studies ---------------------------------------------------------------------------------------------

CREATE TABLE account (
  account_id          BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  email               TEXT NOT NULL UNIQUE CHECK (email = lower(email)),
  display_name        TEXT NOT NULL,
  role                TEXT NOT NULL CHECK (role IN ('admin', 'researcher')),
  password_hash       TEXT NOT NULL,
  password_changed_at TEXT NOT NULL,
  created_at          TEXT NOT NULL,
  disabled_at         TEXT
);

-- A link that lets somebody make an account once. With the e-mail of an existing account it resets that password.
CREATE TABLE invitation (
  invitation_id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  token_sha256          TEXT NOT NULL UNIQUE,
  role                  TEXT NOT NULL CHECK (role IN ('admin', 'researcher')),
  email                 TEXT CHECK (email = lower(email)),
  created_by_account_id BIGINT REFERENCES account,
  created_at            TEXT NOT NULL,
  expires_at            TEXT NOT NULL,
  used_at               TEXT
);

-- What is judged -----------------------------------------------------------------------------------------------------

CREATE TABLE prompt_set (
  prompt_set_id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name          TEXT NOT NULL UNIQUE,
  description   TEXT NOT NULL,
  source        TEXT NOT NULL,
  licence       TEXT NOT NULL,
  created_at    TEXT NOT NULL
);

CREATE TABLE prompt (
  prompt_id     BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  prompt_set_id BIGINT NOT NULL REFERENCES prompt_set ON DELETE CASCADE,
  position      INTEGER NOT NULL,
  text          TEXT NOT NULL,
  category      TEXT,
  UNIQUE (prompt_set_id, position)
);

-- A set of weights.
CREATE TABLE model (
  model_id        BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name            TEXT NOT NULL UNIQUE,
  folder          TEXT NOT NULL,
  weights_sha256  TEXT NOT NULL,
  parent_model_id BIGINT REFERENCES model,
  job_id          BIGINT UNIQUE,
  created_at      TEXT NOT NULL
);

-- The thing under test: a named set of images.
CREATE TABLE system (
  system_id   BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name        TEXT NOT NULL UNIQUE,
  model_id    BIGINT REFERENCES model,
  job_id      BIGINT UNIQUE,
  description TEXT NOT NULL,
  created_at  TEXT NOT NULL
);

-- The same file may stand in several systems, so sha256 names the file and image_id its place in a system.
CREATE TABLE image (
  image_id        BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  system_id       BIGINT NOT NULL REFERENCES system,
  prompt_id       BIGINT REFERENCES prompt,
  sha256          TEXT NOT NULL,
  width           INTEGER NOT NULL,
  height          INTEGER NOT NULL,
  byte_length     BIGINT NOT NULL,
  media_type      TEXT NOT NULL,
  seed            BIGINT,
  inference_steps INTEGER,
  guidance_scale  DOUBLE PRECISION,
  scheduler       TEXT,
  model_sha256    TEXT,
  job_id          BIGINT,
  created_at      TEXT NOT NULL,
  UNIQUE (system_id, prompt_id, seed)
);
CREATE INDEX image_sha256 ON image (sha256);

-- Studies ------------------------------------------------------------------------------------------------------------

CREATE TABLE study (
  study_id              BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name                  TEXT NOT NULL UNIQUE,
  link_token            TEXT NOT NULL UNIQUE,
  state                 TEXT NOT NULL CHECK (state IN ('draft', 'running', 'paused', 'closed')),
  votes_per_comparison  INTEGER NOT NULL CHECK (votes_per_comparison >= 1),
  consent               TEXT NOT NULL,
  instructions          TEXT NOT NULL,
  system_a_id           BIGINT NOT NULL REFERENCES system,
  system_b_id           BIGINT NOT NULL REFERENCES system,
  parent_study_id       BIGINT REFERENCES study,
  created_by_account_id BIGINT REFERENCES account,
  created_at            TEXT NOT NULL,
  opened_at             TEXT,
  closed_at             TEXT,
  CHECK (system_a_id <> system_b_id)
);

CREATE TABLE study_axis (
  study_id       BIGINT NOT NULL REFERENCES study ON DELETE CASCADE,
  axis           TEXT NOT NULL CHECK (axis IN ('flaws', 'appeal')),
  position       INTEGER NOT NULL,
  question       TEXT NOT NULL,
  prompt_visible BOOLEAN NOT NULL,
  PRIMARY KEY (study_id, axis),
  UNIQUE (study_id, position)
);

CREATE TABLE comparison (
  comparison_id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  study_id      BIGINT NOT NULL REFERENCES study ON DELETE CASCADE,
  prompt_id     BIGINT NOT NULL REFERENCES prompt,
  image_a_id    BIGINT NOT NULL REFERENCES image,
  image_b_id    BIGINT NOT NULL REFERENCES image,
  position      INTEGER NOT NULL,
  UNIQUE (study_id, position),
  UNIQUE (study_id, comparison_id),
  CHECK (image_a_id <> image_b_id)
);

-- Rating -------------------------------------------------------------------------------------------------------------

CREATE TABLE rater (
  rater_id          BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  pseudonym         TEXT NOT NULL UNIQUE,
  token_sha256      TEXT UNIQUE,
  simulated         BOOLEAN NOT NULL,
  user_agent_family TEXT,
  created_at        TEXT NOT NULL
);

-- One rater in one study; there is no row before consent.
CREATE TABLE session (
  session_id    BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  rater_id      BIGINT NOT NULL REFERENCES rater,
  study_id      BIGINT NOT NULL REFERENCES study,
  consented_at  TEXT NOT NULL,
  instructed_at TEXT,
  finished_at   TEXT,
  UNIQUE (rater_id, study_id)
);
CREATE INDEX session_study ON session (study_id);

-- A comparison handed to a rater. The side swap is drawn when the row is made and never changes.
CREATE TABLE assignment (
  assignment_id TEXT PRIMARY KEY CHECK (length(assignment_id) = 36),
  study_id      BIGINT NOT NULL,
  comparison_id BIGINT NOT NULL,
  axis          TEXT NOT NULL,
  rater_id      BIGINT NOT NULL,
  session_id    BIGINT NOT NULL REFERENCES session,
  position      INTEGER NOT NULL,
  left_is_b     BOOLEAN NOT NULL,
  created_at    TEXT NOT NULL,
  leased_until  TEXT NOT NULL,
  FOREIGN KEY (study_id, comparison_id) REFERENCES comparison (study_id, comparison_id),
  FOREIGN KEY (study_id, axis) REFERENCES study_axis (study_id, axis),
  FOREIGN KEY (rater_id, study_id) REFERENCES session (rater_id, study_id),
  UNIQUE (rater_id, comparison_id, axis),
  UNIQUE (session_id, position),
  UNIQUE (study_id, comparison_id, axis, rater_id, assignment_id)
);

-- Append-only. Voting again on an assignment adds a row that supersedes the last one, so that the votes of an
-- assignment form one chain whose end is the only one that can count.
CREATE TABLE vote (
  vote_id            TEXT PRIMARY KEY CHECK (length(vote_id) = 36),
  supersedes_vote_id TEXT UNIQUE REFERENCES vote,
  assignment_id      TEXT NOT NULL,
  study_id           BIGINT NOT NULL,
  comparison_id      BIGINT NOT NULL,
  axis               TEXT NOT NULL,
  rater_id           BIGINT NOT NULL,
  choice_screen      TEXT NOT NULL CHECK (choice_screen IN ('left', 'right', 'tie', 'reject')),
  winner             TEXT NOT NULL CHECK (winner IN ('a', 'b', 'tie', 'reject')),
  reject_reason      TEXT CHECK (reject_reason IN ('style_mismatch', 'not_loaded', 'unsafe', 'other')),
  response_ms        INTEGER NOT NULL CHECK (response_ms >= 0),
  shown_at           TEXT NOT NULL,
  decoded_left_at    TEXT,
  decoded_right_at   TEXT,
  voted_at           TEXT NOT NULL,
  received_at        TEXT NOT NULL,
  clock_suspect      BOOLEAN NOT NULL,
  input              TEXT CHECK (input IN ('key', 'pointer', 'touch')),
  viewport_w         INTEGER,
  viewport_h         INTEGER,
  dpr                DOUBLE PRECISION,
  app_version        TEXT NOT NULL,
  FOREIGN KEY (study_id, comparison_id, axis, rater_id, assignment_id)
    REFERENCES assignment (study_id, comparison_id, axis, rater_id, assignment_id),
  CHECK (choice_screen = winner OR (choice_screen IN ('left', 'right') AND winner IN ('a', 'b'))),
  CHECK ((choice_screen = 'reject') = (reject_reason IS NOT NULL))
);
CREATE UNIQUE INDEX vote_first ON vote (assignment_id) WHERE supersedes_vote_id IS NULL;
CREATE INDEX vote_assignment ON vote (assignment_id);
CREATE INDEX vote_comparison ON vote (study_id, comparison_id, axis);

-- Undo is a row too. retracted_at is the server's clock.
CREATE TABLE vote_retraction (
  vote_id      TEXT PRIMARY KEY REFERENCES vote,
  retracted_at TEXT NOT NULL
);

-- The votes that results are made from: at most one per assignment.
CREATE VIEW counting_vote AS
SELECT vote.*
FROM vote
WHERE NOT EXISTS (SELECT 1 FROM vote_retraction r WHERE r.vote_id = vote.vote_id)
  AND NOT EXISTS (SELECT 1 FROM vote later WHERE later.supersedes_vote_id = vote.vote_id);

-- Rounds -------------------------------------------------------------------------------------------------------------

CREATE TABLE preference_set (
  preference_set_id     BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name                  TEXT NOT NULL UNIQUE,
  study_id              BIGINT NOT NULL REFERENCES study,
  axis_rule             TEXT NOT NULL CHECK (axis_rule IN ('flaws', 'appeal', 'flaws_then_appeal')),
  vote_source           TEXT NOT NULL CHECK (vote_source IN ('real', 'simulated', 'both')),
  sha256                TEXT NOT NULL,
  pair_count            INTEGER NOT NULL,
  left_out              TEXT NOT NULL,
  created_by_account_id BIGINT REFERENCES account,
  created_at            TEXT NOT NULL
);

-- The vote counts are those of the axis that decided the pair.
CREATE TABLE preference_pair (
  preference_set_id BIGINT NOT NULL REFERENCES preference_set,
  pair_number       INTEGER NOT NULL,
  comparison_id     BIGINT NOT NULL REFERENCES comparison,
  axis              TEXT NOT NULL CHECK (axis IN ('flaws', 'appeal')),
  prompt            TEXT NOT NULL,
  chosen_image_id   BIGINT NOT NULL REFERENCES image,
  rejected_image_id BIGINT NOT NULL REFERENCES image,
  votes_chosen      INTEGER NOT NULL,
  votes_rejected    INTEGER NOT NULL,
  votes_tie         INTEGER NOT NULL,
  weight            DOUBLE PRECISION NOT NULL,
  PRIMARY KEY (preference_set_id, pair_number),
  UNIQUE (preference_set_id, comparison_id)
);

CREATE TABLE job (
  job_id                BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind                  TEXT NOT NULL CHECK (kind IN ('train', 'sample')),
  name                  TEXT NOT NULL,
  state                 TEXT NOT NULL
                        CHECK (state IN ('queued', 'running', 'succeeded', 'failed', 'cancelled', 'interrupted')),
  folder                TEXT NOT NULL UNIQUE,
  spec_json             TEXT NOT NULL,
  model_id              BIGINT NOT NULL REFERENCES model,
  preference_set_id     BIGINT REFERENCES preference_set,
  process_id            INTEGER,
  process_started_at    TEXT,
  exit_code             INTEGER,
  error                 TEXT,
  cancel_requested_at   TEXT,
  created_by_account_id BIGINT REFERENCES account,
  created_at            TEXT NOT NULL,
  started_at            TEXT,
  finished_at           TEXT
);
CREATE INDEX job_state ON job (state);

ALTER TABLE model ADD FOREIGN KEY (job_id) REFERENCES job;
ALTER TABLE system ADD FOREIGN KEY (job_id) REFERENCES job;
ALTER TABLE image ADD FOREIGN KEY (job_id) REFERENCES job;

-- The old and the new model draw the same prompts with the same seeds; then a blind study compares the images.
CREATE TABLE round (
  round_id              BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  old_job_id            BIGINT NOT NULL UNIQUE REFERENCES job,
  new_job_id            BIGINT NOT NULL UNIQUE REFERENCES job,
  parent_study_id       BIGINT NOT NULL REFERENCES study,
  study_name            TEXT NOT NULL UNIQUE,
  votes_per_comparison  INTEGER NOT NULL CHECK (votes_per_comparison >= 1),
  opens_at_once         BOOLEAN NOT NULL,
  study_id              BIGINT UNIQUE REFERENCES study,
  error                 TEXT,
  created_by_account_id BIGINT REFERENCES account,
  created_at            TEXT NOT NULL
);

-- What is recorded stays -----------------------------------------------------------------------------------------------

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$;

CREATE TRIGGER vote_append_only BEFORE UPDATE OR DELETE ON vote FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER vote_retraction_append_only BEFORE UPDATE OR DELETE ON vote_retraction FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER preference_set_append_only BEFORE UPDATE OR DELETE ON preference_set FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER preference_pair_append_only BEFORE UPDATE OR DELETE ON preference_pair FOR EACH ROW EXECUTE FUNCTION refuse_change();
