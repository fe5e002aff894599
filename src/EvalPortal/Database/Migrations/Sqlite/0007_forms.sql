-- A study may judge something else than pairs: one image against questions, or several images of one prompt. SQLite changes a
-- constraint only by making the table anew; the migrator checks every foreign key afterwards.
PRAGMA legacy_alter_table = ON; -- references to a table that is renamed stay as they are written

-- Without a second system where a study is about one.
CREATE TABLE study_new (
  study_id              INTEGER PRIMARY KEY AUTOINCREMENT,
  name                  TEXT NOT NULL UNIQUE,
  link_token            TEXT NOT NULL UNIQUE,
  state                 TEXT NOT NULL CHECK (state IN ('draft', 'running', 'paused', 'closed')),
  votes_per_comparison  INTEGER NOT NULL CHECK (votes_per_comparison >= 1),
  answers_per_rater     INTEGER CHECK (answers_per_rater >= 1),
  top_up                TEXT NOT NULL DEFAULT 'off' CHECK (top_up IN ('off', 'close')),
  consent               TEXT NOT NULL,
  instructions          TEXT NOT NULL,
  system_a_id           INTEGER NOT NULL REFERENCES system,
  system_b_id           INTEGER REFERENCES system,
  parent_study_id       INTEGER REFERENCES study,
  created_by_account_id INTEGER REFERENCES account,
  created_at            TEXT NOT NULL,
  opened_at             TEXT,
  closed_at             TEXT,
  CHECK (system_a_id <> system_b_id)
) STRICT;
INSERT INTO study_new
SELECT study_id, name, link_token, state, votes_per_comparison, answers_per_rater, top_up, consent, instructions, system_a_id, system_b_id,
  parent_study_id, created_by_account_id, created_at, opened_at, closed_at
FROM study;
DELETE FROM sqlite_sequence WHERE name = 'study_new';
INSERT INTO sqlite_sequence (name, seq) SELECT 'study_new', seq FROM sqlite_sequence WHERE name = 'study';
DROP TABLE study;
ALTER TABLE study_new RENAME TO study;
CREATE TRIGGER study_top_up BEFORE UPDATE OF top_up ON study WHEN OLD.state <> 'draft' AND NEW.top_up <> OLD.top_up
BEGIN SELECT RAISE(ABORT, 'top_up is fixed once a study has started'); END;

-- The axis says in which form it is judged: flaws and appeal on pairs, alignment on one image, preference on several.
CREATE TABLE study_axis_new (
  study_id       INTEGER NOT NULL REFERENCES study ON DELETE CASCADE,
  axis           TEXT NOT NULL CHECK (axis IN ('flaws', 'appeal', 'alignment', 'preference')),
  position       INTEGER NOT NULL,
  question       TEXT NOT NULL,
  prompt_visible INTEGER NOT NULL CHECK (prompt_visible IN (0, 1)),
  flaw_strip     INTEGER NOT NULL DEFAULT 0 CHECK (flaw_strip IN (0, 1) AND (flaw_strip = 0 OR axis = 'flaws')),
  PRIMARY KEY (study_id, axis),
  UNIQUE (study_id, position)
) STRICT;
INSERT INTO study_axis_new SELECT study_id, axis, position, question, prompt_visible, flaw_strip FROM study_axis;
DROP TABLE study_axis;
ALTER TABLE study_axis_new RENAME TO study_axis;

-- What raters judge at once: a pair has both images, one image is A, and of several none stands here.
CREATE TABLE comparison_new (
  comparison_id INTEGER PRIMARY KEY AUTOINCREMENT,
  study_id      INTEGER NOT NULL REFERENCES study ON DELETE CASCADE,
  prompt_id     INTEGER NOT NULL REFERENCES prompt,
  image_a_id    INTEGER REFERENCES image,
  image_b_id    INTEGER REFERENCES image,
  position      INTEGER NOT NULL,
  UNIQUE (study_id, position),
  UNIQUE (study_id, comparison_id),
  CHECK (image_a_id <> image_b_id),
  CHECK (image_a_id IS NOT NULL OR image_b_id IS NULL)
) STRICT;
INSERT INTO comparison_new SELECT comparison_id, study_id, prompt_id, image_a_id, image_b_id, position FROM comparison;
DELETE FROM sqlite_sequence WHERE name = 'comparison_new';
INSERT INTO sqlite_sequence (name, seq) SELECT 'comparison_new', seq FROM sqlite_sequence WHERE name = 'comparison';
DROP TABLE comparison;
ALTER TABLE comparison_new RENAME TO comparison;
CREATE INDEX comparison_prompt ON comparison (prompt_id, study_id);

-- A rater meets a comparison once of each kind: a repeat comes after the item it repeats.
CREATE TABLE assignment_new (
  assignment_id TEXT PRIMARY KEY CHECK (length(assignment_id) = 36),
  study_id      INTEGER NOT NULL,
  comparison_id INTEGER NOT NULL,
  axis          TEXT NOT NULL,
  rater_id      INTEGER NOT NULL,
  session_id    INTEGER NOT NULL REFERENCES session,
  position      INTEGER NOT NULL,
  left_is_b     INTEGER NOT NULL CHECK (left_is_b IN (0, 1)),
  created_at    TEXT NOT NULL,
  leased_until  TEXT NOT NULL,
  kind          TEXT NOT NULL DEFAULT 'item' CHECK (kind IN ('item', 'gold', 'repeat')),
  task_id       INTEGER REFERENCES task,
  state         TEXT NOT NULL DEFAULT 'held' CHECK (state IN ('held', 'answered', 'lapsed', 'surplus')),
  FOREIGN KEY (study_id, comparison_id) REFERENCES comparison (study_id, comparison_id),
  FOREIGN KEY (study_id, axis) REFERENCES study_axis (study_id, axis),
  FOREIGN KEY (rater_id, study_id) REFERENCES session (rater_id, study_id),
  UNIQUE (rater_id, comparison_id, axis, kind),
  UNIQUE (session_id, position),
  UNIQUE (study_id, comparison_id, axis, rater_id, assignment_id)
) STRICT;
INSERT INTO assignment_new
SELECT assignment_id, study_id, comparison_id, axis, rater_id, session_id, position, left_is_b, created_at, leased_until, kind, task_id, state
FROM assignment;
DROP TABLE assignment;
ALTER TABLE assignment_new RENAME TO assignment;
CREATE INDEX assignment_rater ON assignment (session_id, axis, state, left_is_b, position, task_id);
CREATE INDEX assignment_held ON assignment (session_id) WHERE state = 'held';
CREATE INDEX assignment_lease ON assignment (study_id, leased_until) WHERE state = 'held';

-- 'answered': no pair was judged, what the rater said stands in a table of the form. decoded_at: when all its images were there.
CREATE TABLE vote_new (
  vote_id            TEXT PRIMARY KEY CHECK (length(vote_id) = 36),
  supersedes_vote_id TEXT UNIQUE REFERENCES vote,
  assignment_id      TEXT NOT NULL,
  study_id           INTEGER NOT NULL,
  comparison_id      INTEGER NOT NULL,
  axis               TEXT NOT NULL,
  rater_id           INTEGER NOT NULL,
  choice_screen      TEXT NOT NULL CHECK (choice_screen IN ('left', 'right', 'tie', 'reject', 'answered')),
  winner             TEXT CHECK (winner IN ('a', 'b', 'tie', 'reject')),
  reject_reason      TEXT CHECK (reject_reason IN ('style_mismatch', 'not_loaded', 'unsafe', 'other')),
  response_ms        INTEGER NOT NULL CHECK (response_ms >= 0),
  shown_at           TEXT NOT NULL,
  decoded_left_at    TEXT,
  decoded_right_at   TEXT,
  decoded_at         TEXT,
  voted_at           TEXT NOT NULL,
  received_at        TEXT NOT NULL,
  clock_suspect      INTEGER NOT NULL CHECK (clock_suspect IN (0, 1)),
  input              TEXT CHECK (input IN ('key', 'pointer', 'touch')),
  viewport_w         INTEGER,
  viewport_h         INTEGER,
  dpr                REAL,
  visible_ms         INTEGER CHECK (visible_ms >= 0),
  max_zoom           REAL CHECK (max_zoom > 0),
  native_seen_left   INTEGER CHECK (native_seen_left IN (0, 1)),
  native_seen_right  INTEGER CHECK (native_seen_right IN (0, 1)),
  toggles            INTEGER CHECK (toggles >= 0),
  app_version        TEXT NOT NULL,
  surplus            INTEGER NOT NULL DEFAULT 0 CHECK (surplus IN (0, 1)),
  FOREIGN KEY (study_id, comparison_id, axis, rater_id, assignment_id)
    REFERENCES assignment (study_id, comparison_id, axis, rater_id, assignment_id),
  CHECK ((choice_screen = 'answered') = (winner IS NULL)),
  CHECK (choice_screen = winner OR (choice_screen IN ('left', 'right') AND winner IN ('a', 'b'))),
  CHECK ((choice_screen = 'reject') = (reject_reason IS NOT NULL))
) STRICT;
INSERT INTO vote_new
SELECT vote_id, supersedes_vote_id, assignment_id, study_id, comparison_id, axis, rater_id, choice_screen, winner, reject_reason, response_ms,
  shown_at, decoded_left_at, decoded_right_at, NULL, voted_at, received_at, clock_suspect, input, viewport_w, viewport_h, dpr, visible_ms,
  max_zoom, native_seen_left, native_seen_right, toggles, app_version, surplus
FROM vote;
DROP TABLE vote;
ALTER TABLE vote_new RENAME TO vote;
CREATE UNIQUE INDEX vote_first ON vote (assignment_id) WHERE supersedes_vote_id IS NULL;
CREATE INDEX vote_assignment ON vote (assignment_id);
CREATE INDEX vote_comparison ON vote (study_id, comparison_id, axis);
CREATE TRIGGER vote_update BEFORE UPDATE ON vote BEGIN SELECT RAISE(ABORT, 'vote is append-only'); END;
CREATE TRIGGER vote_delete BEFORE DELETE ON vote
WHEN NOT EXISTS (SELECT 1 FROM erased_vote WHERE erased_vote.vote_id = OLD.vote_id)
BEGIN SELECT RAISE(ABORT, 'vote is append-only'); END;
CREATE TRIGGER vote_after_withdrawal BEFORE INSERT ON vote
WHEN EXISTS (
  SELECT 1 FROM assignment JOIN withdrawal ON withdrawal.session_id = assignment.session_id
  WHERE assignment.assignment_id = NEW.assignment_id)
BEGIN SELECT RAISE(ABORT, 'the rater has withdrawn from the study'); END;

-- Best and worst of several images make a pair too.
CREATE TABLE preference_set_new (
  preference_set_id     INTEGER PRIMARY KEY AUTOINCREMENT,
  name                  TEXT NOT NULL UNIQUE,
  study_id              INTEGER NOT NULL REFERENCES study,
  axis_rule             TEXT NOT NULL CHECK (axis_rule IN ('flaws', 'appeal', 'flaws_then_appeal', 'preference')),
  vote_source           TEXT NOT NULL CHECK (vote_source IN ('real', 'simulated', 'both')),
  sha256                TEXT NOT NULL,
  pair_count            INTEGER NOT NULL,
  left_out              TEXT NOT NULL,
  created_by_account_id INTEGER REFERENCES account,
  created_at            TEXT NOT NULL
) STRICT;
INSERT INTO preference_set_new
SELECT preference_set_id, name, study_id, axis_rule, vote_source, sha256, pair_count, left_out, created_by_account_id, created_at
FROM preference_set;
DELETE FROM sqlite_sequence WHERE name = 'preference_set_new';
INSERT INTO sqlite_sequence (name, seq) SELECT 'preference_set_new', seq FROM sqlite_sequence WHERE name = 'preference_set';
DROP TABLE preference_set;
ALTER TABLE preference_set_new RENAME TO preference_set;
CREATE TRIGGER preference_set_update BEFORE UPDATE ON preference_set BEGIN SELECT RAISE(ABORT, 'preference_set is append-only'); END;
CREATE TRIGGER preference_set_delete BEFORE DELETE ON preference_set BEGIN SELECT RAISE(ABORT, 'preference_set is append-only'); END;

CREATE TABLE preference_pair_new (
  preference_set_id INTEGER NOT NULL REFERENCES preference_set,
  pair_number       INTEGER NOT NULL,
  comparison_id     INTEGER NOT NULL REFERENCES comparison,
  axis              TEXT NOT NULL CHECK (axis IN ('flaws', 'appeal', 'preference')),
  prompt            TEXT NOT NULL,
  chosen_image_id   INTEGER NOT NULL REFERENCES image,
  rejected_image_id INTEGER NOT NULL REFERENCES image,
  votes_chosen      INTEGER NOT NULL,
  votes_rejected    INTEGER NOT NULL,
  votes_tie         INTEGER NOT NULL,
  weight            REAL NOT NULL,
  PRIMARY KEY (preference_set_id, pair_number),
  UNIQUE (preference_set_id, comparison_id)
) STRICT;
INSERT INTO preference_pair_new
SELECT preference_set_id, pair_number, comparison_id, axis, prompt, chosen_image_id, rejected_image_id, votes_chosen, votes_rejected,
  votes_tie, weight
FROM preference_pair;
DROP TABLE preference_pair;
ALTER TABLE preference_pair_new RENAME TO preference_pair;
CREATE TRIGGER preference_pair_update BEFORE UPDATE ON preference_pair BEGIN SELECT RAISE(ABORT, 'preference_pair is append-only'); END;
CREATE TRIGGER preference_pair_delete BEFORE DELETE ON preference_pair BEGIN SELECT RAISE(ABORT, 'preference_pair is append-only'); END;

PRAGMA legacy_alter_table = OFF;
