-- Withdrawals in two phases: the amount is set aside first, and then it goes or comes back.

CREATE TABLE withdrawal (
	key INTEGER PRIMARY KEY,
	id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),  -- chosen by the caller
	account INTEGER NOT NULL REFERENCES account,  -- wallet, asset pool or peer
	amount INTEGER NOT NULL CHECK (amount > 0),
	group_id INTEGER NOT NULL UNIQUE,  -- of its transfer, which is pending as long as it is
	state TEXT NOT NULL CHECK (state IN ('PENDING', 'POSTED', 'VOID', 'EXPIRED')),
	created_ms INTEGER NOT NULL,
	expires_ms INTEGER NOT NULL,  -- it is not posted from then on
	ended_ms INTEGER,
	CHECK ((state = 'PENDING') = (ended_ms IS NULL)),
	CHECK (expires_ms > created_ms)
) STRICT;

-- Serves the search for those whose time has passed.
CREATE INDEX withdrawal_pending ON withdrawal (expires_ms) WHERE state = 'PENDING';
