-- Keys: what wallets publish for their clients, and the node's own.

-- A public key of a client of a wallet. Revoking is immediate; the row stays.
CREATE TABLE wallet_key (
	id BLOB PRIMARY KEY CHECK (length(id) = 16),
	wallet INTEGER NOT NULL REFERENCES wallet,
	kid TEXT NOT NULL CHECK (length(kid) BETWEEN 1 AND 256),
	public_key BLOB NOT NULL CHECK (length(public_key) = 32),  -- Ed25519
	created_ms INTEGER NOT NULL,
	revoked_ms INTEGER,  -- NULL: published
	last_used_ms INTEGER NOT NULL DEFAULT 0  -- of a request that it signed, to the minute
) STRICT;

-- Finds the key of a signature; a kid is free again after it was revoked.
CREATE UNIQUE INDEX wallet_key_published ON wallet_key (wallet, kid) WHERE revoked_ms IS NULL;
-- Serves the list of one wallet's keys, oldest first.
CREATE INDEX wallet_key_by_wallet ON wallet_key (wallet, id);

-- The node's identity when it asks other wallets' servers. The newest signs; one that a newer one
-- has replaced stays published until its end.
CREATE TABLE node_key (
	id BLOB PRIMARY KEY CHECK (length(id) = 16),  -- as text it is the kid
	public_key BLOB NOT NULL UNIQUE CHECK (length(public_key) = 32),
	sealed_seed BLOB NOT NULL,  -- of the private key, sealed with the master key (seal.h)
	created_ms INTEGER NOT NULL,
	signs_from_ms INTEGER NOT NULL,  -- so that others have seen it published before
	published_until_ms INTEGER  -- NULL: not replaced
) STRICT;

-- One key is not replaced.
CREATE UNIQUE INDEX node_key_present ON node_key (published_until_ms IS NULL)
	WHERE published_until_ms IS NULL;
