-- What each projection's tables were made by. Empty: by a version that did not say so, to be built anew.

ALTER TABLE projections ADD COLUMN shape text NOT NULL DEFAULT '';
