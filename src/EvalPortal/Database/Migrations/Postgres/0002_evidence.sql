-- How a rater looked at the pair. Null where the page did not tell, and for simulated raters.
ALTER TABLE vote ADD COLUMN visible_ms INTEGER CHECK (visible_ms >= 0);
ALTER TABLE vote ADD COLUMN max_zoom DOUBLE PRECISION CHECK (max_zoom > 0);
ALTER TABLE vote ADD COLUMN native_seen_left BOOLEAN;
ALTER TABLE vote ADD COLUMN native_seen_right BOOLEAN;
ALTER TABLE vote ADD COLUMN toggles INTEGER CHECK (toggles >= 0);

-- Whether raters are asked where the worst flaw was, once they have answered.
ALTER TABLE study_axis ADD COLUMN flaw_strip BOOLEAN NOT NULL DEFAULT FALSE CHECK (NOT flaw_strip OR axis = 'flaws');

-- The worst flaw of a pair, as the rater of the vote pointed it out: at most one for a vote, and gone when the vote is.
CREATE TABLE vote_flaw (
  vote_id       TEXT PRIMARY KEY REFERENCES vote ON DELETE CASCADE,
  flaw_type     TEXT CHECK (flaw_type IN ('hands', 'face', 'text', 'edges', 'texture', 'other')),
  flaw_severity TEXT CHECK (flaw_severity IN ('minor', 'major')),
  flaw_side     TEXT CHECK (flaw_side IN ('left', 'right')),
  flaw_x        DOUBLE PRECISION CHECK (flaw_x BETWEEN 0 AND 1),
  flaw_y        DOUBLE PRECISION CHECK (flaw_y BETWEEN 0 AND 1),
  received_at   TEXT NOT NULL,
  CHECK (flaw_type IS NOT NULL OR flaw_side IS NOT NULL),
  CHECK ((flaw_side IS NULL) = (flaw_x IS NULL) AND (flaw_side IS NULL) = (flaw_y IS NULL))
);

CREATE FUNCTION refuse_delete_before_vote() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
  IF EXISTS (SELECT 1 FROM vote WHERE vote.vote_id = OLD.vote_id) THEN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
  END IF;
  RETURN OLD;
END $$;
CREATE TRIGGER vote_flaw_update BEFORE UPDATE ON vote_flaw FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER vote_flaw_delete BEFORE DELETE ON vote_flaw FOR EACH ROW EXECUTE FUNCTION refuse_delete_before_vote();

-- A view of vote.* has the columns that vote had when it was made.
CREATE OR REPLACE VIEW counting_vote AS
SELECT vote.*
FROM vote
WHERE NOT EXISTS (SELECT 1 FROM vote_retraction r WHERE r.vote_id = vote.vote_id)
  AND NOT EXISTS (SELECT 1 FROM vote later WHERE later.supersedes_vote_id = vote.vote_id);
