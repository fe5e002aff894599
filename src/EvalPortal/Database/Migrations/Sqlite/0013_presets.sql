-- Studies that were made together, from one preset.
CREATE TABLE study_group (
  study_group_id        INTEGER PRIMARY KEY AUTOINCREMENT,
  name                  TEXT NOT NULL UNIQUE,
  preset                TEXT NOT NULL, -- key of a preset of the program
  created_by_account_id INTEGER REFERENCES account,
  created_at            TEXT NOT NULL
) STRICT;

ALTER TABLE study ADD COLUMN study_group_id INTEGER REFERENCES study_group;
CREATE INDEX study_study_group ON study (study_group_id) WHERE study_group_id IS NOT NULL;

-- Key of the preset's study that this one began as; it says what the study is held against, not what it is.
ALTER TABLE study ADD COLUMN preset TEXT;

-- How a study will be analysed. A version is locked with the hash of what it says, and never changed from then on.
CREATE TABLE analysis_plan (
  study_id             INTEGER NOT NULL REFERENCES study ON DELETE CASCADE,
  version              INTEGER NOT NULL CHECK (version >= 1),
  content              TEXT NOT NULL,
  sha256               TEXT,
  reason               TEXT CHECK (trim(reason) <> ''), -- why the version before was not kept
  votes_before         INTEGER CHECK (votes_before >= 0), -- of people, when it was locked
  created_at           TEXT NOT NULL,
  locked_by_account_id INTEGER REFERENCES account,
  locked_at            TEXT,
  PRIMARY KEY (study_id, version),
  CHECK ((locked_at IS NULL) = (sha256 IS NULL) AND (locked_at IS NULL) = (votes_before IS NULL) AND (locked_at IS NULL) = (locked_by_account_id IS NULL)),
  CHECK ((version = 1) = (reason IS NULL) AND (version = 1 OR locked_at IS NOT NULL))
) STRICT;
CREATE TRIGGER analysis_plan_update BEFORE UPDATE ON analysis_plan WHEN OLD.locked_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'analysis_plan is locked'); END;
CREATE TRIGGER analysis_plan_delete BEFORE DELETE ON analysis_plan WHEN OLD.locked_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'analysis_plan is locked'); END;

-- A pilot is a study of its own with some of the comparisons of the study that it tries out. Nothing is made of its votes.
ALTER TABLE study ADD COLUMN pilot_of_study_id INTEGER REFERENCES study;
CREATE INDEX study_pilot ON study (pilot_of_study_id) WHERE pilot_of_study_id IS NOT NULL;
CREATE TRIGGER preference_set_of_pilot BEFORE INSERT ON preference_set
WHEN (SELECT pilot_of_study_id FROM study WHERE study.study_id = NEW.study_id) IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'votes of a pilot make no preference set'); END;
