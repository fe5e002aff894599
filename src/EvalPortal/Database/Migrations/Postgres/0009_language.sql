-- The language of a study's pages for raters: the code of one of the portal's resource files.
ALTER TABLE study ADD COLUMN language TEXT NOT NULL DEFAULT 'en';
