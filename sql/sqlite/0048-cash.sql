-- Deposits and withdrawals that account holders ask for, and whoever runs the node answers.

CREATE TABLE cash_request (
	key INTEGER PRIMARY KEY,
	id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),  -- also of the movement, or the withdrawal in two phases
	account INTEGER NOT NULL REFERENCES account,  -- wallet
	kind TEXT NOT NULL CHECK (kind IN ('deposit', 'withdrawal')),
	amount INTEGER NOT NULL CHECK (amount > 0),
	note TEXT NOT NULL CHECK (length(note) <= 200),  -- the holder's: from where, or to where
	state TEXT NOT NULL CHECK (state IN ('PENDING', 'APPROVED', 'REFUSED', 'CANCELLED', 'EXPIRED')),
	answer TEXT NOT NULL DEFAULT '' CHECK (length(answer) <= 200),  -- the operator's words
	created_ms INTEGER NOT NULL,
	expires_ms INTEGER NOT NULL,  -- it ends by itself then
	ended_ms INTEGER,
	CHECK ((state = 'PENDING') = (ended_ms IS NULL)),
	CHECK (expires_ms > created_ms)
) STRICT;

-- Serves the list of a wallet's, and the number of the last day.
CREATE INDEX cash_request_of ON cash_request (account, key);
-- Of those that wait for an answer: their list, their number of a wallet, and the search for those whose
-- time has passed.
CREATE INDEX cash_request_open ON cash_request (key) WHERE state = 'PENDING';
CREATE INDEX cash_request_open_of ON cash_request (account) WHERE state = 'PENDING';
CREATE INDEX cash_request_due ON cash_request (kind, expires_ms) WHERE state = 'PENDING';
