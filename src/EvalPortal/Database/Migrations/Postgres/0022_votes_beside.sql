-- Votes that came late and those on checks: few, and looked for among those that do not count.
CREATE INDEX vote_beside ON vote (study_id) WHERE surplus OR kind <> 'item';
