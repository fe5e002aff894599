-- Tasks are looked for around a point of the ring, and of those that are found there the ones with the fewest places taken are chosen. No index
-- holds what changes whenever a place is taken, so that PostgreSQL writes no entry for it and none is left over where the next rater looks.
DROP INDEX task_open;
ALTER TABLE task SET (fillfactor = 70); -- room for a row's next version beside it
ALTER TABLE task
  DROP COLUMN lean,
  ADD COLUMN is_open BOOLEAN NOT NULL GENERATED ALWAYS AS (taken < wanted) STORED;
CREATE INDEX task_open ON task (study_id, simulated, block, ring) WHERE is_open;
