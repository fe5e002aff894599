-- How a rater looked at the pair. Null where the page did not tell, and for simulated raters.
ALTER TABLE vote ADD COLUMN visible_ms INTEGER CHECK (visible_ms >= 0);
ALTER TABLE vote ADD COLUMN max_zoom REAL CHECK (max_zoom > 0);
ALTER TABLE vote ADD COLUMN native_seen_left INTEGER CHECK (native_seen_left IN (0, 1));
ALTER TABLE vote ADD COLUMN native_seen_right INTEGER CHECK (native_seen_right IN (0, 1));
ALTER TABLE vote ADD COLUMN toggles INTEGER CHECK (toggles >= 0);

-- Whether raters are asked where the worst flaw was, once they have answered.
ALTER TABLE study_axis ADD COLUMN flaw_strip INTEGER NOT NULL DEFAULT 0
  CHECK (flaw_strip IN (0, 1) AND (flaw_strip = 0 OR axis = 'flaws'));

-- The worst flaw of a pair, as the rater of the vote pointed it out: at most one for a vote, and gone when the vote is.
CREATE TABLE vote_flaw (
  vote_id       TEXT PRIMARY KEY REFERENCES vote ON DELETE CASCADE,
  flaw_type     TEXT CHECK (flaw_type IN ('hands', 'face', 'text', 'edges', 'texture', 'other')),
  flaw_severity TEXT CHECK (flaw_severity IN ('minor', 'major')),
  flaw_side     TEXT CHECK (flaw_side IN ('left', 'right')),
  flaw_x        REAL CHECK (flaw_x BETWEEN 0 AND 1),
  flaw_y        REAL CHECK (flaw_y BETWEEN 0 AND 1),
  received_at   TEXT NOT NULL,
  CHECK (flaw_type IS NOT NULL OR flaw_side IS NOT NULL),
  CHECK ((flaw_side IS NULL) = (flaw_x IS NULL) AND (flaw_side IS NULL) = (flaw_y IS NULL))
) STRICT;
CREATE TRIGGER vote_flaw_update BEFORE UPDATE ON vote_flaw BEGIN SELECT RAISE(ABORT, 'vote_flaw is append-only'); END;
CREATE TRIGGER vote_flaw_delete BEFORE DELETE ON vote_flaw WHEN EXISTS (SELECT 1 FROM vote WHERE vote.vote_id = OLD.vote_id)
BEGIN SELECT RAISE(ABORT, 'vote_flaw is append-only'); END;
