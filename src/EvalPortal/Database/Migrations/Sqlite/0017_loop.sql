-- How votes become pairs beyond the axis that decides; '{}' is what the reference protocol does.
ALTER TABLE preference_set ADD COLUMN rules TEXT NOT NULL DEFAULT '{}';

-- Where a waiting job stands in the queue; null where nobody has moved it: then its id says it.
ALTER TABLE job ADD COLUMN queue_place INTEGER;
CREATE INDEX job_model ON job (model_id);

-- What is known about a model from outside, and which step of which job a kept checkpoint is.
ALTER TABLE model ADD COLUMN source TEXT NOT NULL DEFAULT '';
ALTER TABLE model ADD COLUMN licence TEXT NOT NULL DEFAULT '';
ALTER TABLE model ADD COLUMN checkpoint_job_id INTEGER REFERENCES job;
ALTER TABLE model ADD COLUMN checkpoint_step INTEGER;
CREATE UNIQUE INDEX model_checkpoint ON model (checkpoint_job_id, checkpoint_step) WHERE checkpoint_job_id IS NOT NULL;

-- Several objectives from one preference set: each is trained and draws the same images, then one leaderboard compares them.
CREATE TABLE ablation (
  ablation_id           INTEGER PRIMARY KEY AUTOINCREMENT,
  name                  TEXT NOT NULL UNIQUE,
  preference_set_id     INTEGER NOT NULL REFERENCES preference_set,
  model_id              INTEGER NOT NULL REFERENCES model,
  prompt_set_id         INTEGER REFERENCES prompt_set, -- null for the prompts of the study that the set was made from
  seeds                 TEXT NOT NULL,
  inference_steps       INTEGER NOT NULL,
  guidance_scale        REAL NOT NULL,
  votes_per_comparison  INTEGER NOT NULL CHECK (votes_per_comparison >= 1),
  opens_at_once         INTEGER NOT NULL CHECK (opens_at_once IN (0, 1)),
  study_group_id        INTEGER UNIQUE REFERENCES study_group,
  error                 TEXT,
  created_by_account_id INTEGER REFERENCES account,
  created_at            TEXT NOT NULL
) STRICT;

-- The base model is an arm without a training.
CREATE TABLE ablation_arm (
  ablation_id   INTEGER NOT NULL REFERENCES ablation ON DELETE CASCADE,
  position      INTEGER NOT NULL,
  name          TEXT NOT NULL,
  train_job_id  INTEGER UNIQUE REFERENCES job,
  sample_job_id INTEGER UNIQUE REFERENCES job,
  left_out      INTEGER NOT NULL DEFAULT 0 CHECK (left_out IN (0, 1)),
  PRIMARY KEY (ablation_id, position),
  UNIQUE (ablation_id, name)
) STRICT;

-- The study before whose link of the same number is the same person's.
ALTER TABLE rater_invitation ADD COLUMN follows_study_id INTEGER REFERENCES study;
