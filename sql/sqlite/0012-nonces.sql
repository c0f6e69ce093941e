-- Nonces of signed requests, so that none is used twice while its signature could still be good.

CREATE TABLE signature_nonce (
	seq INTEGER PRIMARY KEY,  -- in order of arrival, and so of kept_until_ms
	id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),  -- of key and nonce: start of their SHA-256
	key BLOB NOT NULL CHECK (length(key) = 16),  -- start of the public key
	number INTEGER NOT NULL,  -- among those of the key: newest minus oldest is how many there are
	kept_until_ms INTEGER NOT NULL
) STRICT;

-- Finds the newest and the oldest of a key.
CREATE UNIQUE INDEX signature_nonce_of_key ON signature_nonce (key, number);
