-- Answers about text alignment make pairs too. SQLite changes a constraint only by making the table anew.
PRAGMA legacy_alter_table = ON; -- references to a table that is renamed stay as they are written

CREATE TABLE preference_set_new (
  preference_set_id     INTEGER PRIMARY KEY AUTOINCREMENT,
  name                  TEXT NOT NULL UNIQUE,
  study_id              INTEGER NOT NULL REFERENCES study,
  axis_rule             TEXT NOT NULL CHECK (axis_rule IN ('flaws', 'appeal', 'flaws_then_appeal', 'preference', 'alignment')),
  vote_source           TEXT NOT NULL CHECK (vote_source IN ('real', 'simulated', 'both')),
  sha256                TEXT NOT NULL,
  pair_count            INTEGER NOT NULL,
  left_out              TEXT NOT NULL,
  created_by_account_id INTEGER REFERENCES account,
  created_at            TEXT NOT NULL,
  rules                 TEXT NOT NULL DEFAULT '{}'
) STRICT;
INSERT INTO preference_set_new
SELECT preference_set_id, name, study_id, axis_rule, vote_source, sha256, pair_count, left_out, created_by_account_id, created_at, rules
FROM preference_set;
DELETE FROM sqlite_sequence WHERE name = 'preference_set_new';
INSERT INTO sqlite_sequence (name, seq) SELECT 'preference_set_new', seq FROM sqlite_sequence WHERE name = 'preference_set';
DROP TABLE preference_set;
ALTER TABLE preference_set_new RENAME TO preference_set;
CREATE TRIGGER preference_set_update BEFORE UPDATE ON preference_set BEGIN SELECT RAISE(ABORT, 'preference_set is append-only'); END;
CREATE TRIGGER preference_set_delete BEFORE DELETE ON preference_set BEGIN SELECT RAISE(ABORT, 'preference_set is append-only'); END;
CREATE TRIGGER preference_set_of_pilot BEFORE INSERT ON preference_set
WHEN (SELECT pilot_of_study_id FROM study WHERE study.study_id = NEW.study_id) IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'votes of a pilot make no preference set'); END;

CREATE TABLE preference_pair_new (
  preference_set_id INTEGER NOT NULL REFERENCES preference_set,
  pair_number       INTEGER NOT NULL,
  comparison_id     INTEGER NOT NULL REFERENCES comparison,
  axis              TEXT NOT NULL CHECK (axis IN ('flaws', 'appeal', 'preference', 'alignment')),
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
