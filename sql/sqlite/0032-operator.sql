-- Operators of the node, who sign in at the console, and what they did.

CREATE TABLE operator (
	id BLOB PRIMARY KEY CHECK (length(id) = 16),
	name TEXT NOT NULL UNIQUE,
	created_ms INTEGER NOT NULL,
	password TEXT CHECK (password <> ''),  -- Argon2id text of the peppered password; NULL: not set up
	totp BLOB,  -- sealed secret of the one-time codes
	totp_step INTEGER NOT NULL DEFAULT 0,  -- of the newest code that was used: none up to it counts again
	signed_in_ms INTEGER,  -- last time
	setup_hash BLOB UNIQUE CHECK (length(setup_hash) = 32),  -- SHA-256 of the token that sets up; NULL: none is open
	setup_ends_ms INTEGER,
	CHECK ((password IS NULL) = (totp IS NULL)),
	CHECK ((setup_hash IS NULL) = (setup_ends_ms IS NULL))
) STRICT;

-- A row is a session that may still be used; ending it deletes it.
CREATE TABLE operator_session (
	hash BLOB PRIMARY KEY CHECK (length(hash) = 32),  -- SHA-256 of the cookie's token
	operator_id BLOB NOT NULL REFERENCES operator,
	created_ms INTEGER NOT NULL,
	used_ms INTEGER NOT NULL,  -- last seen, to the minute
	idle_ms INTEGER NOT NULL CHECK (idle_ms > 0),  -- it ends so long after used_ms
	ends_ms INTEGER NOT NULL,  -- and at the latest then
	CHECK (created_ms <= used_ms AND used_ms <= ends_ms)
) STRICT;

-- Serves the end of all sessions of an operator, and the search for the oldest of them.
CREATE INDEX operator_session_by_operator ON operator_session (operator_id, created_ms);

-- What operators did. It outlives them, so it has their names.
CREATE TABLE operator_act (
	key INTEGER PRIMARY KEY,
	id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
	at_ms INTEGER NOT NULL,
	who TEXT NOT NULL CHECK (who <> ''),  -- the operator's name
	act TEXT NOT NULL CHECK (act <> ''),  -- "peer.settle"
	subject TEXT NOT NULL,  -- what it was done to: a name or an id; '' for none
	details TEXT NOT NULL  -- JSON object of what was asked for, without secrets
) STRICT;

-- Serves the list of one operator's acts.
CREATE INDEX operator_act_by_who ON operator_act (who, key);

CREATE TRIGGER operator_act_stays BEFORE DELETE ON operator_act
BEGIN SELECT RAISE(ABORT, 'acts are only added'); END;
CREATE TRIGGER operator_act_is_as_it_was BEFORE UPDATE ON operator_act
BEGIN SELECT RAISE(ABORT, 'acts are only added'); END;
