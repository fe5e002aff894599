-- One index in place of two: votes are found by their assignment, which has one vote that supersedes no other.
DROP INDEX vote_first;
DROP INDEX vote_assignment;
CREATE UNIQUE INDEX vote_assignment ON vote (assignment_id, COALESCE(supersedes_vote_id, ''));
-- Few votes supersede another one, and only these are looked for.
ALTER TABLE vote DROP CONSTRAINT vote_supersedes_vote_id_key;
CREATE UNIQUE INDEX vote_supersedes ON vote (supersedes_vote_id) WHERE supersedes_vote_id IS NOT NULL;
