-- The id of a prompt in the file it came from.
ALTER TABLE prompt ADD COLUMN label TEXT;
CREATE UNIQUE INDEX prompt_label ON prompt (prompt_set_id, label);

-- Images that are being brought in, by folder or upload. What was found in them lies in a folder of the data folder.
CREATE TABLE material_import (
  material_import_id    BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  state                 TEXT NOT NULL CHECK (state IN ('uploading', 'checking', 'checked', 'taking', 'taken', 'cancelled', 'failed')),
  source_folder         TEXT, -- on the server; null for what was uploaded
  system_name           TEXT,
  prompt_set_name       TEXT NOT NULL,
  done                  INTEGER NOT NULL DEFAULT 0,
  total                 INTEGER NOT NULL DEFAULT 0,
  plan_sha256           TEXT, -- of what the check said would be stored
  summary               TEXT,
  error                 TEXT,
  created_by_account_id BIGINT REFERENCES account,
  created_at            TEXT NOT NULL,
  started_at            TEXT, -- of the check or the taking that goes on
  finished_at           TEXT
);
