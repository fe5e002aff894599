-- Two images with the right answer: in the guidelines they are shown with it, in training raters are asked first.
CREATE TABLE example_pair (
  example_pair_id TEXT PRIMARY KEY CHECK (length(example_pair_id) = 36), -- drawn at random: it stands in addresses that raters see
  study_id        INTEGER NOT NULL REFERENCES study,
  axis            TEXT NOT NULL,
  used_in         TEXT NOT NULL CHECK (used_in IN ('guidelines', 'training')),
  position        INTEGER NOT NULL,
  left_sha256     TEXT NOT NULL,
  left_width      INTEGER NOT NULL,
  left_height     INTEGER NOT NULL,
  right_sha256    TEXT NOT NULL,
  right_width     INTEGER NOT NULL,
  right_height    INTEGER NOT NULL,
  answer          TEXT NOT NULL CHECK (answer IN ('left', 'right', 'tie')),
  explanation     TEXT NOT NULL CHECK (trim(explanation) <> ''),
  flaw_type       TEXT CHECK (flaw_type IN ('hands', 'face', 'text', 'edges', 'texture', 'other')),
  flaw_severity   TEXT CHECK (flaw_severity IN ('minor', 'major')),
  flaw_side       TEXT CHECK (flaw_side IN ('left', 'right')),
  flaw_x          REAL CHECK (flaw_x BETWEEN 0 AND 1),
  flaw_y          REAL CHECK (flaw_y BETWEEN 0 AND 1),
  created_at      TEXT NOT NULL,
  CHECK ((flaw_side IS NULL) = (flaw_x IS NULL) AND (flaw_side IS NULL) = (flaw_y IS NULL))
) STRICT;
CREATE INDEX example_pair_study ON example_pair (study_id, used_in, position);

-- How many of the training's pairs a rater has to judge right. Without a row it is four in five.
CREATE TABLE study_training (
  study_id  INTEGER PRIMARY KEY REFERENCES study,
  pass_mark INTEGER NOT NULL CHECK (pass_mark >= 1)
) STRICT;

-- An example as one rater is asked about it. Order and sides are drawn when a try begins and never change.
CREATE TABLE training_pair (
  training_pair_id TEXT PRIMARY KEY CHECK (length(training_pair_id) = 36),
  session_id       INTEGER NOT NULL REFERENCES session,
  example_pair_id  TEXT NOT NULL REFERENCES example_pair,
  attempt          INTEGER NOT NULL CHECK (attempt IN (1, 2)),
  position         INTEGER NOT NULL,
  swapped          INTEGER NOT NULL CHECK (swapped IN (0, 1)), -- whether the example's left image stands right
  drawn_at         TEXT NOT NULL,
  UNIQUE (session_id, attempt, position),
  UNIQUE (session_id, attempt, example_pair_id)
) STRICT;

-- Answers in training: one for a pair, and never a vote.
CREATE TABLE training_answer (
  training_answer_id TEXT PRIMARY KEY CHECK (length(training_answer_id) = 36),
  training_pair_id   TEXT NOT NULL UNIQUE REFERENCES training_pair,
  choice_screen      TEXT NOT NULL CHECK (choice_screen IN ('left', 'right', 'tie')),
  correct            INTEGER NOT NULL CHECK (correct IN (0, 1)),
  response_ms        INTEGER NOT NULL CHECK (response_ms >= 0),
  visible_ms         INTEGER CHECK (visible_ms >= 0),
  shown_at           TEXT NOT NULL,
  decoded_left_at    TEXT,
  decoded_right_at   TEXT,
  answered_at        TEXT NOT NULL,
  received_at        TEXT NOT NULL,
  input              TEXT CHECK (input IN ('key', 'pointer', 'touch')),
  app_version        TEXT NOT NULL
) STRICT;

-- What was drawn and answered stays, until the rater withdraws; then nothing more comes.
CREATE TRIGGER training_pair_update BEFORE UPDATE ON training_pair BEGIN SELECT RAISE(ABORT, 'training_pair is append-only'); END;
CREATE TRIGGER training_pair_delete BEFORE DELETE ON training_pair
WHEN NOT EXISTS (SELECT 1 FROM withdrawal WHERE withdrawal.session_id = OLD.session_id)
BEGIN SELECT RAISE(ABORT, 'training_pair is append-only'); END;
CREATE TRIGGER training_answer_update BEFORE UPDATE ON training_answer BEGIN SELECT RAISE(ABORT, 'training_answer is append-only'); END;
CREATE TRIGGER training_answer_delete BEFORE DELETE ON training_answer
WHEN NOT EXISTS (
  SELECT 1 FROM training_pair JOIN withdrawal ON withdrawal.session_id = training_pair.session_id
  WHERE training_pair.training_pair_id = OLD.training_pair_id)
BEGIN SELECT RAISE(ABORT, 'training_answer is append-only'); END;
CREATE TRIGGER training_pair_after_withdrawal BEFORE INSERT ON training_pair
WHEN EXISTS (SELECT 1 FROM withdrawal WHERE withdrawal.session_id = NEW.session_id)
BEGIN SELECT RAISE(ABORT, 'the rater has withdrawn from the study'); END;
CREATE TRIGGER training_answer_after_withdrawal BEFORE INSERT ON training_answer
WHEN EXISTS (
  SELECT 1 FROM training_pair JOIN withdrawal ON withdrawal.session_id = training_pair.session_id
  WHERE training_pair.training_pair_id = NEW.training_pair_id)
BEGIN SELECT RAISE(ABORT, 'the rater has withdrawn from the study'); END;
