-- Passwords of the account holders, and their sessions in browsers.

CREATE TABLE user_password (
	user_id BLOB PRIMARY KEY REFERENCES wallet_user,
	hash TEXT NOT NULL CHECK (hash <> ''),  -- Argon2id text of the peppered password
	changed_ms INTEGER NOT NULL
) STRICT;

-- A row is a session that may still be used; ending it deletes it.
CREATE TABLE session (
	hash BLOB PRIMARY KEY CHECK (length(hash) = 32),  -- SHA-256 of the cookie's token
	user_id BLOB NOT NULL REFERENCES wallet_user,
	created_ms INTEGER NOT NULL,
	used_ms INTEGER NOT NULL,  -- last seen, to the minute
	idle_ms INTEGER NOT NULL CHECK (idle_ms > 0),  -- it ends so long after used_ms
	ends_ms INTEGER NOT NULL,  -- and at the latest then
	CHECK (created_ms <= used_ms AND used_ms <= ends_ms)
) STRICT;

-- Serves the end of all sessions of a user, and the search for the oldest of them.
CREATE INDEX session_by_user ON session (user_id, created_ms);
-- Serves the removal of those that ended by themselves.
CREATE INDEX session_by_end ON session (ends_ms);
