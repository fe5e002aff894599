-- Text alignment -----------------------------------------------------------------------------------------------------

-- What raters are asked about images of prompts. A set is added whole and never changed, so that studies keep what they asked.
CREATE TABLE question_set (
  question_set_id       BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  prompt_set_id         BIGINT NOT NULL REFERENCES prompt_set,
  name                  TEXT NOT NULL UNIQUE,
  sha256                TEXT NOT NULL, -- of what it asks
  created_by_account_id BIGINT REFERENCES account,
  created_at            TEXT NOT NULL
);

-- The label is the question's id in the file it came from. Parents stand before their children.
CREATE TABLE question (
  question_id     BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  question_set_id BIGINT NOT NULL REFERENCES question_set,
  prompt_id       BIGINT NOT NULL REFERENCES prompt,
  position        INTEGER NOT NULL,
  label           TEXT NOT NULL,
  text            TEXT NOT NULL,
  expected        TEXT NOT NULL CHECK (expected IN ('yes', 'no')),
  category        TEXT,
  UNIQUE (question_set_id, prompt_id, position),
  UNIQUE (question_set_id, prompt_id, label)
);

-- A question is asked only where all its parents were answered yes.
CREATE TABLE question_parent (
  question_id BIGINT NOT NULL REFERENCES question,
  parent_id   BIGINT NOT NULL REFERENCES question,
  PRIMARY KEY (question_id, parent_id),
  CHECK (parent_id < question_id)
);
CREATE TRIGGER question_set_update BEFORE UPDATE ON question_set FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER question_set_delete BEFORE DELETE ON question_set FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER question_update BEFORE UPDATE ON question FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER question_delete BEFORE DELETE ON question FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- What the raters of an alignment study are asked.
ALTER TABLE study ADD COLUMN question_set_id BIGINT REFERENCES question_set;

-- What a vote says of each question of its prompt, and when it was answered, counted from when the image was shown.
CREATE TABLE vote_answer (
  vote_id     TEXT NOT NULL REFERENCES vote ON DELETE CASCADE,
  question_id BIGINT NOT NULL REFERENCES question,
  answer      TEXT NOT NULL CHECK (answer IN ('yes', 'no', 'cannot_tell', 'not_asked')),
  answered_ms INTEGER CHECK (answered_ms >= 0),
  PRIMARY KEY (vote_id, question_id),
  CHECK (answer <> 'not_asked' OR answered_ms IS NULL)
);
CREATE TRIGGER vote_answer_update BEFORE UPDATE ON vote_answer FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER vote_answer_delete BEFORE DELETE ON vote_answer FOR EACH ROW EXECUTE FUNCTION refuse_delete_before_vote();

-- Best and worst of several images -----------------------------------------------------------------------------------

CREATE TABLE comparison_image (
  comparison_id BIGINT NOT NULL REFERENCES comparison ON DELETE CASCADE,
  place         INTEGER NOT NULL CHECK (place >= 1),
  image_id      BIGINT NOT NULL REFERENCES image,
  PRIMARY KEY (comparison_id, place),
  UNIQUE (comparison_id, image_id)
);

-- The order in which a rater sees them. It is drawn when the images are first handed out and never changes.
CREATE TABLE assignment_image (
  assignment_id TEXT NOT NULL REFERENCES assignment ON DELETE CASCADE,
  place         INTEGER NOT NULL CHECK (place >= 1),
  image_id      BIGINT NOT NULL REFERENCES image,
  PRIMARY KEY (assignment_id, place),
  UNIQUE (assignment_id, image_id)
);
CREATE TRIGGER assignment_image_update BEFORE UPDATE ON assignment_image FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Told by image, whatever the order was.
CREATE TABLE vote_pick (
  vote_id        TEXT PRIMARY KEY REFERENCES vote ON DELETE CASCADE,
  best_image_id  BIGINT NOT NULL REFERENCES image,
  worst_image_id BIGINT NOT NULL REFERENCES image,
  CHECK (best_image_id <> worst_image_id)
);
CREATE TRIGGER vote_pick_update BEFORE UPDATE ON vote_pick FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER vote_pick_delete BEFORE DELETE ON vote_pick FOR EACH ROW EXECUTE FUNCTION refuse_delete_before_vote();

-- Images in which the rater saw a major flaw.
CREATE TABLE vote_flagged_image (
  vote_id  TEXT NOT NULL REFERENCES vote ON DELETE CASCADE,
  image_id BIGINT NOT NULL REFERENCES image,
  PRIMARY KEY (vote_id, image_id)
);
CREATE TRIGGER vote_flagged_image_update BEFORE UPDATE ON vote_flagged_image FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER vote_flagged_image_delete BEFORE DELETE ON vote_flagged_image FOR EACH ROW EXECUTE FUNCTION refuse_delete_before_vote();
