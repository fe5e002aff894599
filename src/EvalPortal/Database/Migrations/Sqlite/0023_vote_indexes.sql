-- One index in place of two: votes are found by their assignment, which has one vote that supersedes no other.
DROP INDEX vote_first;
DROP INDEX vote_assignment;
CREATE UNIQUE INDEX vote_assignment ON vote (assignment_id, COALESCE(supersedes_vote_id, ''));
