-- How many of each dozen pairs of a rater are checks. Without a row: none.
CREATE TABLE study_checks (
  study_id          BIGINT PRIMARY KEY REFERENCES study ON DELETE CASCADE,
  gold_per_dozen    INTEGER NOT NULL CHECK (gold_per_dozen BETWEEN 0 AND 2),
  repeats_per_dozen INTEGER NOT NULL CHECK (repeats_per_dozen BETWEEN 0 AND 2)
);

-- Comparisons whose answer on an axis nobody who looks could miss. They check raters, and so have no task on that axis.
CREATE TABLE gold (
  study_id      BIGINT NOT NULL,
  comparison_id BIGINT NOT NULL,
  axis          TEXT NOT NULL,
  winner        TEXT NOT NULL CHECK (winner IN ('a', 'b', 'tie')),
  PRIMARY KEY (study_id, axis, comparison_id),
  FOREIGN KEY (study_id, comparison_id) REFERENCES comparison (study_id, comparison_id) ON DELETE CASCADE,
  FOREIGN KEY (study_id, axis) REFERENCES study_axis (study_id, axis) ON DELETE CASCADE
);

-- Fixed before the first answer: nobody can choose afterwards whom a check catches.
CREATE FUNCTION refuse_after_start() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
  IF (SELECT state FROM study WHERE study.study_id = COALESCE(NEW.study_id, OLD.study_id)) <> 'draft' THEN
    RAISE EXCEPTION '% is fixed once a study has started', TG_TABLE_NAME;
  END IF;
  RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER study_checks_draft BEFORE INSERT OR UPDATE ON study_checks FOR EACH ROW EXECUTE FUNCTION refuse_after_start();
CREATE TRIGGER gold_draft BEFORE INSERT OR UPDATE OR DELETE ON gold FOR EACH ROW EXECUTE FUNCTION refuse_after_start();

-- Votes on checks speak about the rater and not about the systems: no result is made from them.
ALTER TABLE vote ADD COLUMN kind TEXT NOT NULL DEFAULT 'item' CHECK (kind IN ('item', 'gold', 'repeat'));
DROP VIEW counting_vote;
DROP VIEW standing_vote;
CREATE VIEW standing_vote AS
SELECT vote.*
FROM vote
WHERE NOT EXISTS (SELECT 1 FROM vote_retraction r WHERE r.vote_id = vote.vote_id)
  AND NOT EXISTS (SELECT 1 FROM vote later WHERE later.supersedes_vote_id = vote.vote_id);
CREATE VIEW counting_vote AS
SELECT * FROM standing_vote WHERE NOT surplus AND kind = 'item';
