-- Invitations to be a peer: one operator makes a link, the other accepts it.

CREATE TABLE peer_invitation (
	hash BLOB PRIMARY KEY CHECK (length(hash) = 32),  -- SHA-256 of the link's token
	id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
	name TEXT NOT NULL,  -- of the peer that it makes
	asset INTEGER NOT NULL REFERENCES asset,
	credit_limit INTEGER NOT NULL CHECK (credit_limit >= 0),
	max_packet INTEGER NOT NULL CHECK (max_packet >= 0),  -- 0: no cap
	spread_bps INTEGER NOT NULL CHECK (spread_bps BETWEEN 0 AND 10000),
	created_ms INTEGER NOT NULL,
	expires_ms INTEGER NOT NULL,
	peer INTEGER REFERENCES peer,  -- that it made; NULL: not used
	used_hash BLOB CHECK (length(used_hash) = 32),  -- SHA-256 of the acceptance
	CHECK ((peer IS NULL) = (used_hash IS NULL))
) STRICT, WITHOUT ROWID;
