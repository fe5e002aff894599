-- A study may judge something else than pairs: one image against questions, or several images of one prompt.

-- Without a second system where a study is about one.
ALTER TABLE study ALTER COLUMN system_b_id DROP NOT NULL;

-- The axis says in which form it is judged: flaws and appeal on pairs, alignment on one image, preference on several.
ALTER TABLE study_axis DROP CONSTRAINT study_axis_axis_check,
  ADD CONSTRAINT study_axis_axis_check CHECK (axis IN ('flaws', 'appeal', 'alignment', 'preference'));

-- What raters judge at once: a pair has both images, one image is A, and of several none stands here.
ALTER TABLE comparison ALTER COLUMN image_a_id DROP NOT NULL, ALTER COLUMN image_b_id DROP NOT NULL,
  ADD CONSTRAINT comparison_images_check CHECK (image_a_id IS NOT NULL OR image_b_id IS NULL);

-- A rater meets a comparison once of each kind: a repeat comes after the item it repeats.
ALTER TABLE assignment DROP CONSTRAINT assignment_rater_id_comparison_id_axis_key,
  ADD UNIQUE (rater_id, comparison_id, axis, kind),
  DROP CONSTRAINT assignment_kind_check,
  ADD CONSTRAINT assignment_kind_check CHECK (kind IN ('item', 'gold', 'repeat'));

-- 'answered': no pair was judged, what the rater said stands in a table of the form. decoded_at: when all its images were there.
ALTER TABLE vote ALTER COLUMN winner DROP NOT NULL,
  ADD COLUMN decoded_at TEXT,
  DROP CONSTRAINT vote_choice_screen_check,
  ADD CONSTRAINT vote_choice_screen_check CHECK (choice_screen IN ('left', 'right', 'tie', 'reject', 'answered')),
  ADD CONSTRAINT vote_winner_form_check CHECK ((choice_screen = 'answered') = (winner IS NULL));

-- A view of vote.* has the columns that vote had when it was made.
DROP VIEW counting_vote;
DROP VIEW standing_vote;
CREATE VIEW standing_vote AS
SELECT vote.*
FROM vote
WHERE NOT EXISTS (SELECT 1 FROM vote_retraction r WHERE r.vote_id = vote.vote_id)
  AND NOT EXISTS (SELECT 1 FROM vote later WHERE later.supersedes_vote_id = vote.vote_id);
CREATE VIEW counting_vote AS
SELECT * FROM standing_vote WHERE NOT surplus;

-- Best and worst of several images make a pair too.
ALTER TABLE preference_set DROP CONSTRAINT preference_set_axis_rule_check,
  ADD CONSTRAINT preference_set_axis_rule_check CHECK (axis_rule IN ('flaws', 'appeal', 'flaws_then_appeal', 'preference'));
ALTER TABLE preference_pair DROP CONSTRAINT preference_pair_axis_check,
  ADD CONSTRAINT preference_pair_axis_check CHECK (axis IN ('flaws', 'appeal', 'preference'));
