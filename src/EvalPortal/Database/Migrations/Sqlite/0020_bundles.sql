-- Who a study is in bundles, whichever portal holds it. The portal that a study was made in notes it at the first bundle; another one
-- notes with it where the bundle came from and in which state the study was there. Here it is closed and stays so.
CREATE TABLE bundle_study (
  study_id            INTEGER PRIMARY KEY REFERENCES study,
  identity            TEXT NOT NULL UNIQUE CHECK (length(identity) = 36),
  fingerprint         TEXT, -- of the key that signed the bundle; null where the study was made here, as are the next
  content_sha256      TEXT, -- of what the bundle says of its studies
  state               TEXT CHECK (state IN ('draft', 'running', 'paused', 'closed')),
  closed_at           TEXT,
  made_at             TEXT, -- when the bundle was made
  imported_at         TEXT,
  CHECK ((fingerprint IS NULL) = (content_sha256 IS NULL) AND (fingerprint IS NULL) = (state IS NULL)
    AND (fingerprint IS NULL) = (made_at IS NULL) AND (fingerprint IS NULL) = (imported_at IS NULL)),
  CHECK (fingerprint IS NOT NULL OR closed_at IS NULL)
) STRICT;
CREATE TRIGGER bundle_study_update BEFORE UPDATE ON bundle_study BEGIN SELECT RAISE(ABORT, 'bundle_study is append-only'); END;
CREATE TRIGGER bundle_study_delete BEFORE DELETE ON bundle_study BEGIN SELECT RAISE(ABORT, 'bundle_study is append-only'); END;
CREATE TRIGGER bundle_study_stays_closed BEFORE UPDATE OF state ON study
WHEN NEW.state <> 'closed' AND EXISTS (SELECT 1 FROM bundle_study WHERE bundle_study.study_id = OLD.study_id AND bundle_study.fingerprint IS NOT NULL)
BEGIN SELECT RAISE(ABORT, 'a study of a bundle stays closed'); END;

-- What is all that stays of an erased vote comes without the vote.
DROP TRIGGER erased_vote_insert;
CREATE TRIGGER erased_vote_insert BEFORE INSERT ON erased_vote
WHEN NOT EXISTS (
  SELECT 1 FROM vote JOIN assignment ON assignment.assignment_id = vote.assignment_id
  WHERE vote.vote_id = NEW.vote_id AND assignment.session_id = NEW.session_id)
AND NOT EXISTS (
  SELECT 1 FROM session JOIN bundle_study ON bundle_study.study_id = session.study_id
  WHERE session.session_id = NEW.session_id AND bundle_study.fingerprint IS NOT NULL)
BEGIN SELECT RAISE(ABORT, 'erased_vote names a vote that is not the rater''s'); END;

-- Whoever excluded a rater or locked a plan in another portal has no account here. SQLite changes a constraint only by making the
-- table anew.
CREATE TABLE exclusion_new (
  exclusion_id           INTEGER PRIMARY KEY AUTOINCREMENT,
  study_id               INTEGER NOT NULL,
  rater_id               INTEGER NOT NULL,
  rule                   TEXT NOT NULL CHECK (rule IN ('manual', 'low_agreement', 'low_gold_accuracy', 'low_self_consistency',
                           'side_bias', 'streak', 'fast_answers', 'fast_rater')),
  reason                 TEXT NOT NULL CHECK (trim(reason) <> ''),
  excluded_by_account_id INTEGER REFERENCES account,
  excluded_at            TEXT NOT NULL,
  lifted_by_account_id   INTEGER REFERENCES account,
  lifted_at              TEXT,
  FOREIGN KEY (rater_id, study_id) REFERENCES session (rater_id, study_id),
  CHECK (lifted_at IS NOT NULL OR lifted_by_account_id IS NULL)
) STRICT;
INSERT INTO exclusion_new
SELECT exclusion_id, study_id, rater_id, rule, reason, excluded_by_account_id, excluded_at, lifted_by_account_id, lifted_at
FROM exclusion;
DELETE FROM sqlite_sequence WHERE name = 'exclusion_new';
INSERT INTO sqlite_sequence (name, seq) SELECT 'exclusion_new', seq FROM sqlite_sequence WHERE name = 'exclusion';
DROP TABLE exclusion;
ALTER TABLE exclusion_new RENAME TO exclusion;
CREATE UNIQUE INDEX exclusion_in_force ON exclusion (study_id, rater_id) WHERE lifted_at IS NULL;
CREATE TRIGGER exclusion_update BEFORE UPDATE ON exclusion
WHEN OLD.lifted_at IS NOT NULL OR NEW.lifted_at IS NULL
  OR (NEW.exclusion_id, NEW.study_id, NEW.rater_id, NEW.rule, NEW.reason, NEW.excluded_by_account_id, NEW.excluded_at)
    IS NOT (OLD.exclusion_id, OLD.study_id, OLD.rater_id, OLD.rule, OLD.reason, OLD.excluded_by_account_id, OLD.excluded_at)
BEGIN SELECT RAISE(ABORT, 'exclusion can only be lifted, once'); END;
CREATE TRIGGER exclusion_delete BEFORE DELETE ON exclusion BEGIN SELECT RAISE(ABORT, 'exclusion is never deleted'); END;

CREATE TABLE analysis_plan_new (
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
  CHECK ((locked_at IS NULL) = (sha256 IS NULL) AND (locked_at IS NULL) = (votes_before IS NULL) AND (locked_at IS NOT NULL OR locked_by_account_id IS NULL)),
  CHECK ((version = 1) = (reason IS NULL) AND (version = 1 OR locked_at IS NOT NULL))
) STRICT;
INSERT INTO analysis_plan_new
SELECT study_id, version, content, sha256, reason, votes_before, created_at, locked_by_account_id, locked_at
FROM analysis_plan;
DROP TABLE analysis_plan;
ALTER TABLE analysis_plan_new RENAME TO analysis_plan;
CREATE TRIGGER analysis_plan_update BEFORE UPDATE ON analysis_plan WHEN OLD.locked_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'analysis_plan is locked'); END;
CREATE TRIGGER analysis_plan_delete BEFORE DELETE ON analysis_plan WHEN OLD.locked_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'analysis_plan is locked'); END;
