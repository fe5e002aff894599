-- What raters are wanted for: a comparison on an axis, once for people and once for simulated raters. A place is taken by an
-- assignment that is held or answered, so that taken is the number of those; it changes in the transaction that changes their
-- state, and never exceeds wanted.
CREATE TABLE task (
  task_id       BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  study_id      BIGINT NOT NULL REFERENCES study ON DELETE CASCADE,
  comparison_id BIGINT NOT NULL REFERENCES comparison ON DELETE CASCADE,
  axis          TEXT NOT NULL,
  block         INTEGER NOT NULL, -- study_axis.position
  simulated     BOOLEAN NOT NULL,
  wanted        INTEGER NOT NULL,
  taken         INTEGER NOT NULL DEFAULT 0,
  tilt          INTEGER NOT NULL DEFAULT 0, -- places with B on the left, less those with A
  lean          INTEGER NOT NULL GENERATED ALWAYS AS (CASE WHEN tilt > 0 THEN 1 WHEN tilt < 0 THEN -1 ELSE 0 END) STORED,
  ring          BIGINT NOT NULL, -- where it lies on the ring on which raters start anywhere
  UNIQUE (comparison_id, axis, simulated),
  FOREIGN KEY (study_id, axis) REFERENCES study_axis (study_id, axis),
  CHECK (taken BETWEEN 0 AND wanted)
);
CREATE INDEX task_open ON task (study_id, simulated, block, taken, lean, ring, wanted) WHERE taken < wanted;

-- Raters of a study's ancestors are looked up by prompt.
CREATE INDEX comparison_prompt ON comparison (prompt_id, study_id);

ALTER TABLE study ADD COLUMN answers_per_rater INTEGER CHECK (answers_per_rater >= 1);
ALTER TABLE study ADD COLUMN top_up TEXT NOT NULL DEFAULT 'off' CHECK (top_up IN ('off', 'close'));
CREATE FUNCTION refuse_top_up() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'top_up is fixed once a study has started'; END $$;
CREATE TRIGGER study_top_up BEFORE UPDATE OF top_up ON study FOR EACH ROW
WHEN (OLD.state <> 'draft' AND NEW.top_up <> OLD.top_up) EXECUTE FUNCTION refuse_top_up();

-- held: has a place until its lease ends and somebody else needs it; answered: has one for good; lapsed: has none;
-- surplus: was answered when all places were taken. Gold, repeats and training have no task and so no place.
ALTER TABLE assignment ADD COLUMN kind TEXT NOT NULL DEFAULT 'item' CHECK (kind IN ('item', 'gold', 'repeat', 'training'));
ALTER TABLE assignment ADD COLUMN task_id BIGINT REFERENCES task;
ALTER TABLE assignment ADD COLUMN state TEXT NOT NULL DEFAULT 'held' CHECK (state IN ('held', 'answered', 'lapsed', 'surplus'));

-- A surplus vote came late, when all places were taken. It is kept and counts nowhere.
ALTER TABLE vote ADD COLUMN surplus BOOLEAN NOT NULL DEFAULT FALSE;

-- The last word of a rater on a pair: at most one per assignment.
DROP VIEW counting_vote;
CREATE VIEW standing_vote AS
SELECT vote.*
FROM vote
WHERE NOT EXISTS (SELECT 1 FROM vote_retraction r WHERE r.vote_id = vote.vote_id)
  AND NOT EXISTS (SELECT 1 FROM vote later WHERE later.supersedes_vote_id = vote.vote_id);

-- The votes that results are made from.
CREATE VIEW counting_vote AS
SELECT * FROM standing_vote WHERE NOT surplus;

-- Studies from before ------------------------------------------------------------------------------------------------

-- Multiples of 2^32 divided by the golden ratio lie evenly on a ring, however many there are.
INSERT INTO task (study_id, comparison_id, axis, block, simulated, wanted, ring)
SELECT c.study_id, c.comparison_id, x.axis, x.position, crowd.simulated, s.votes_per_comparison, c.position * 2654435769 % 4294967296
FROM comparison c
JOIN study s ON s.study_id = c.study_id
JOIN study_axis x ON x.study_id = c.study_id
CROSS JOIN (VALUES (FALSE), (TRUE)) AS crowd (simulated);

UPDATE assignment
SET task_id = (
      SELECT t.task_id
      FROM task t
      JOIN rater r ON r.simulated = t.simulated
      WHERE r.rater_id = assignment.rater_id AND t.comparison_id = assignment.comparison_id AND t.axis = assignment.axis),
    state = CASE
      WHEN EXISTS (SELECT 1 FROM counting_vote v WHERE v.assignment_id = assignment.assignment_id) THEN 'answered'
      WHEN leased_until > to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') THEN 'held'
      ELSE 'lapsed' END;

UPDATE task
SET taken = place.taken, tilt = place.tilt, wanted = GREATEST(wanted, place.taken)
FROM (
  SELECT task_id, COUNT(*) AS taken, SUM(CASE WHEN left_is_b THEN 1 ELSE -1 END) AS tilt
  FROM assignment
  WHERE state IN ('held', 'answered')
  GROUP BY task_id) place
WHERE place.task_id = task.task_id;

-- What a rater has been given is summed up at every step, from the index alone.
CREATE INDEX assignment_rater ON assignment (session_id, axis, state, left_is_b, position, task_id);
CREATE INDEX assignment_held ON assignment (session_id) WHERE state = 'held';
CREATE INDEX assignment_lease ON assignment (study_id, leased_until) WHERE state = 'held';
