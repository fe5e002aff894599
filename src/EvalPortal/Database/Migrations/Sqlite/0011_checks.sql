-- How many of each dozen pairs of a rater are checks. Without a row: none.
CREATE TABLE study_checks (
  study_id          INTEGER PRIMARY KEY REFERENCES study ON DELETE CASCADE,
  gold_per_dozen    INTEGER NOT NULL CHECK (gold_per_dozen BETWEEN 0 AND 2),
  repeats_per_dozen INTEGER NOT NULL CHECK (repeats_per_dozen BETWEEN 0 AND 2)
) STRICT;

-- Comparisons whose answer on an axis nobody who looks could miss. They check raters, and so have no task on that axis.
CREATE TABLE gold (
  study_id      INTEGER NOT NULL,
  comparison_id INTEGER NOT NULL,
  axis          TEXT NOT NULL,
  winner        TEXT NOT NULL CHECK (winner IN ('a', 'b', 'tie')),
  PRIMARY KEY (study_id, axis, comparison_id),
  FOREIGN KEY (study_id, comparison_id) REFERENCES comparison (study_id, comparison_id) ON DELETE CASCADE,
  FOREIGN KEY (study_id, axis) REFERENCES study_axis (study_id, axis) ON DELETE CASCADE
) STRICT;

-- Fixed before the first answer: nobody can choose afterwards whom a check catches.
CREATE TRIGGER study_checks_insert BEFORE INSERT ON study_checks WHEN (SELECT state FROM study WHERE study.study_id = NEW.study_id) <> 'draft'
BEGIN SELECT RAISE(ABORT, 'checks are fixed once a study has started'); END;
CREATE TRIGGER study_checks_update BEFORE UPDATE ON study_checks WHEN (SELECT state FROM study WHERE study.study_id = NEW.study_id) <> 'draft'
BEGIN SELECT RAISE(ABORT, 'checks are fixed once a study has started'); END;
CREATE TRIGGER gold_insert BEFORE INSERT ON gold WHEN (SELECT state FROM study WHERE study.study_id = NEW.study_id) <> 'draft'
BEGIN SELECT RAISE(ABORT, 'gold is fixed once a study has started'); END;
CREATE TRIGGER gold_update BEFORE UPDATE ON gold WHEN (SELECT state FROM study WHERE study.study_id = NEW.study_id) <> 'draft'
BEGIN SELECT RAISE(ABORT, 'gold is fixed once a study has started'); END;
CREATE TRIGGER gold_delete BEFORE DELETE ON gold WHEN (SELECT state FROM study WHERE study.study_id = OLD.study_id) <> 'draft'
BEGIN SELECT RAISE(ABORT, 'gold is fixed once a study has started'); END;

-- Votes on checks speak about the rater and not about the systems: no result is made from them.
ALTER TABLE vote ADD COLUMN kind TEXT NOT NULL DEFAULT 'item' CHECK (kind IN ('item', 'gold', 'repeat'));
DROP VIEW counting_vote;
CREATE VIEW counting_vote AS
SELECT * FROM standing_vote WHERE surplus = 0 AND kind = 'item';
