-- The id of a prompt in the file it came from.
ALTER TABLE prompt ADD COLUMN label TEXT;
CREATE UNIQUE INDEX prompt_label ON prompt (prompt_set_id, label);
