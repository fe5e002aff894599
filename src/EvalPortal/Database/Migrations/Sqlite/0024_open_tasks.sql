-- Tasks are looked for around a point of the ring, and of those that are found there the ones with the fewest places taken are chosen. No index
-- holds what changes whenever a place is taken.
DROP INDEX task_open;
ALTER TABLE task DROP COLUMN lean;
ALTER TABLE task ADD COLUMN is_open INTEGER NOT NULL GENERATED ALWAYS AS (taken < wanted) VIRTUAL;
CREATE INDEX task_open ON task (study_id, simulated, block, ring) WHERE is_open;
