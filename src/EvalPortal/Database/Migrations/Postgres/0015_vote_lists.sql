-- Votes are listed in order of arrival, of a study and of one of its raters, page by page from where the last one ended. What arrived
-- last is read again where results are kept up to date.
CREATE INDEX vote_arrival ON vote (study_id, received_at, vote_id);
CREATE INDEX vote_rater ON vote (study_id, rater_id, received_at, vote_id);
CREATE INDEX vote_rejected ON vote (study_id, received_at, vote_id) WHERE choice_screen = 'reject'; -- few, and looked for
