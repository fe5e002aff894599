-- Raters whose votes a study leaves out, by whom and why. An overlay: votes stay as they are, and so does a lifted exclusion.
CREATE TABLE exclusion (
  exclusion_id           INTEGER PRIMARY KEY AUTOINCREMENT,
  study_id               INTEGER NOT NULL,
  rater_id               INTEGER NOT NULL,
  rule                   TEXT NOT NULL CHECK (rule IN ('manual', 'low_agreement', 'low_gold_accuracy', 'low_self_consistency',
                           'side_bias', 'streak', 'fast_answers', 'fast_rater')),
  reason                 TEXT NOT NULL CHECK (trim(reason) <> ''),
  excluded_by_account_id INTEGER NOT NULL REFERENCES account,
  excluded_at            TEXT NOT NULL,
  lifted_by_account_id   INTEGER REFERENCES account,
  lifted_at              TEXT,
  FOREIGN KEY (rater_id, study_id) REFERENCES session (rater_id, study_id),
  CHECK ((lifted_by_account_id IS NULL) = (lifted_at IS NULL))
) STRICT;
CREATE UNIQUE INDEX exclusion_in_force ON exclusion (study_id, rater_id) WHERE lifted_at IS NULL;

-- The one change there is: who lifts it and when, once.
CREATE TRIGGER exclusion_update BEFORE UPDATE ON exclusion
WHEN OLD.lifted_at IS NOT NULL OR NEW.lifted_at IS NULL
  OR (NEW.exclusion_id, NEW.study_id, NEW.rater_id, NEW.rule, NEW.reason, NEW.excluded_by_account_id, NEW.excluded_at)
    <> (OLD.exclusion_id, OLD.study_id, OLD.rater_id, OLD.rule, OLD.reason, OLD.excluded_by_account_id, OLD.excluded_at)
BEGIN SELECT RAISE(ABORT, 'exclusion can only be lifted, once'); END;
CREATE TRIGGER exclusion_delete BEFORE DELETE ON exclusion BEGIN SELECT RAISE(ABORT, 'exclusion is never deleted'); END;
