-- Who a study is in bundles, whichever portal holds it. The portal that a study was made in notes it at the first bundle; another one
-- notes with it where the bundle came from and in which state the study was there. Here it is closed and stays so.
CREATE TABLE bundle_study (
  study_id            BIGINT PRIMARY KEY REFERENCES study,
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
);
CREATE TRIGGER bundle_study_append_only BEFORE UPDATE OR DELETE ON bundle_study FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE FUNCTION refuse_reopening_of_bundle() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state <> 'closed' AND EXISTS (SELECT 1 FROM bundle_study WHERE bundle_study.study_id = OLD.study_id AND bundle_study.fingerprint IS NOT NULL) THEN
    RAISE EXCEPTION 'a study of a bundle stays closed';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER bundle_study_stays_closed BEFORE UPDATE OF state ON study FOR EACH ROW EXECUTE FUNCTION refuse_reopening_of_bundle();

-- What is all that stays of an erased vote comes without the vote.
CREATE OR REPLACE FUNCTION refuse_foreign_erasure() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM vote JOIN assignment ON assignment.assignment_id = vote.assignment_id
    WHERE vote.vote_id = NEW.vote_id AND assignment.session_id = NEW.session_id)
  AND NOT EXISTS (
    SELECT 1 FROM session JOIN bundle_study ON bundle_study.study_id = session.study_id
    WHERE session.session_id = NEW.session_id AND bundle_study.fingerprint IS NOT NULL) THEN
    RAISE EXCEPTION 'erased_vote names a vote that is not the rater''s';
  END IF;
  RETURN NEW;
END $$;

-- Whoever excluded a rater or locked a plan in another portal has no account here.
ALTER TABLE exclusion ALTER COLUMN excluded_by_account_id DROP NOT NULL;
ALTER TABLE exclusion DROP CONSTRAINT exclusion_check;
ALTER TABLE exclusion ADD CHECK (lifted_at IS NOT NULL OR lifted_by_account_id IS NULL);
CREATE OR REPLACE FUNCTION refuse_all_but_lifting() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
  IF OLD.lifted_at IS NOT NULL OR NEW.lifted_at IS NULL
    OR (NEW.exclusion_id, NEW.study_id, NEW.rater_id, NEW.rule, NEW.reason, NEW.excluded_by_account_id, NEW.excluded_at)
      IS DISTINCT FROM (OLD.exclusion_id, OLD.study_id, OLD.rater_id, OLD.rule, OLD.reason, OLD.excluded_by_account_id, OLD.excluded_at) THEN
    RAISE EXCEPTION 'exclusion can only be lifted, once';
  END IF;
  RETURN NEW;
END $$;

ALTER TABLE analysis_plan DROP CONSTRAINT analysis_plan_check;
ALTER TABLE analysis_plan ADD CHECK (
  (locked_at IS NULL) = (sha256 IS NULL) AND (locked_at IS NULL) = (votes_before IS NULL) AND (locked_at IS NOT NULL OR locked_by_account_id IS NULL));
