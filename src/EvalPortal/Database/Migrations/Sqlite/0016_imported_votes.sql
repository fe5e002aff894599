-- Votes that were given elsewhere. They stand in studies of their own, closed from the start, so that no rater meets them and no
-- vote of this portal is among them; what only they have stands in these tables.
CREATE TABLE vote_import (
  vote_import_id        INTEGER PRIMARY KEY AUTOINCREMENT,
  name                  TEXT NOT NULL UNIQUE,
  format                TEXT NOT NULL,
  file_name             TEXT NOT NULL, -- of the last file that was taken
  file_sha256           TEXT NOT NULL,
  prompt_set_id         INTEGER NOT NULL REFERENCES prompt_set,
  study_group_id        INTEGER REFERENCES study_group, -- null for one study
  created_by_account_id INTEGER REFERENCES account,
  created_at            TEXT NOT NULL,
  taken_at              TEXT -- null until all of it was
) STRICT;

-- A study holds the votes on one question between two systems.
CREATE TABLE imported_study (
  study_id       INTEGER PRIMARY KEY REFERENCES study,
  vote_import_id INTEGER NOT NULL REFERENCES vote_import,
  question       TEXT NOT NULL, -- as the file calls it
  system_a       TEXT NOT NULL, -- as the file calls them; empty where it names none
  system_b       TEXT NOT NULL,
  UNIQUE (vote_import_id, question, system_a, system_b)
) STRICT;

CREATE TABLE imported_system (
  vote_import_id INTEGER NOT NULL REFERENCES vote_import,
  source_name    TEXT NOT NULL,
  system_id      INTEGER NOT NULL UNIQUE REFERENCES system,
  PRIMARY KEY (vote_import_id, source_name)
) STRICT;

-- What the file calls an image. Its row in image has byte_length 0 while the portal does not have the file.
CREATE TABLE imported_image (
  image_id  INTEGER PRIMARY KEY REFERENCES image,
  reference TEXT NOT NULL
) STRICT;

-- What the file says of a vote and what it does not. Where it is silent, columns of vote that need something hold the time of the
-- import, a response of 0 ms and sides that are drawn, and nothing may be concluded from them.
CREATE TABLE imported_vote (
  vote_id        TEXT PRIMARY KEY REFERENCES vote ON DELETE CASCADE,
  vote_import_id INTEGER NOT NULL REFERENCES vote_import,
  line           INTEGER NOT NULL, -- or entry of the file
  source_vote_id TEXT,
  sided          INTEGER NOT NULL CHECK (sided IN (0, 1)),
  timed          INTEGER NOT NULL CHECK (timed IN (0, 1)),
  dated          INTEGER NOT NULL CHECK (dated IN (0, 1)),
  both_bad       INTEGER NOT NULL CHECK (both_bad IN (0, 1))
) STRICT;
CREATE TRIGGER imported_vote_update BEFORE UPDATE ON imported_vote BEGIN SELECT RAISE(ABORT, 'imported_vote is append-only'); END;

CREATE TRIGGER imported_study_stays_closed BEFORE UPDATE OF state ON study
WHEN NEW.state <> 'closed' AND EXISTS (SELECT 1 FROM imported_study WHERE imported_study.study_id = OLD.study_id)
BEGIN SELECT RAISE(ABORT, 'a study of imported votes stays closed'); END;
