-- What the images of an example were to show; raters see it where its question shows prompts. Null where the question shows none.
ALTER TABLE example_pair ADD COLUMN prompt TEXT CHECK (trim(prompt) <> '');
