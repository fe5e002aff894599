-- Studies that were made together, from one preset.
CREATE TABLE study_group (
  study_group_id        BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name                  TEXT NOT NULL UNIQUE,
  preset                TEXT NOT NULL, -- key of a preset of the program
  created_by_account_id BIGINT REFERENCES account,
  created_at            TEXT NOT NULL
);

ALTER TABLE study ADD COLUMN study_group_id BIGINT REFERENCES study_group;
CREATE INDEX study_study_group ON study (study_group_id) WHERE study_group_id IS NOT NULL;

-- Key of the preset's study that this one began as; it says what the study is held against, not what it is.
ALTER TABLE study ADD COLUMN preset TEXT;
