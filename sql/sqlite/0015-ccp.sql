-- Routes are exchanged with this peer.

ALTER TABLE peer ADD COLUMN ccp INTEGER NOT NULL DEFAULT 0 CHECK (ccp IN (0, 1));
