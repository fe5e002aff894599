-- Answers about text alignment make pairs too.
ALTER TABLE preference_set DROP CONSTRAINT preference_set_axis_rule_check,
  ADD CONSTRAINT preference_set_axis_rule_check CHECK (axis_rule IN ('flaws', 'appeal', 'flaws_then_appeal', 'preference', 'alignment'));
ALTER TABLE preference_pair DROP CONSTRAINT preference_pair_axis_check,
  ADD CONSTRAINT preference_pair_axis_check CHECK (axis IN ('flaws', 'appeal', 'preference', 'alignment'));
