-- Keys of people's devices, with which they sign in instead of by a password.

CREATE TABLE passkey (
	key INTEGER PRIMARY KEY,
	user_id BLOB NOT NULL REFERENCES wallet_user,
	credential BLOB NOT NULL UNIQUE,  -- what the device calls it
	algorithm INTEGER NOT NULL,  -- COSE: -7 ES256, -8 EdDSA
	public_key BLOB NOT NULL,
	counter INTEGER NOT NULL CHECK (counter >= 0),  -- the device's, of its signatures; 0: none
	name TEXT NOT NULL,  -- as its owner calls it
	created_ms INTEGER NOT NULL,
	used_ms INTEGER,  -- signed in with last; NULL: never
	CHECK (length(credential) BETWEEN 1 AND 1023 AND length(public_key) BETWEEN 1 AND 64)
) STRICT;

-- Serves the list of a user's.
CREATE INDEX passkey_by_user ON passkey (user_id, key);
